// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.data.WrittenTexts;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.io.NpyArray;
import org.jspecify.annotations.Nullable;

/** The texts of drawings as inputs of the signatures of a model that writes a given text. */
final class TextInputs {
  /** The setting of one text, and that of the text of each drawing. */
  static final String TEXT = "text";

  static final String TEXTS = "texts";

  /** Characters of a text at most; one of handwriting takes about 25 points. */
  static final int MOST = 1000;

  private final String model;
  private final @Nullable Vocabulary vocabulary;

  /**
   * Sets up the inputs.
   *
   * @param model its name, for errors
   * @param vocabulary its characters; null for a model that reads no text
   */
  TextInputs(String model, @Nullable Vocabulary vocabulary) {
    this.model = model;
    this.vocabulary = vocabulary;
  }

  /**
   * Checks the text of each drawing and adds the inputs, none for a model that reads no text.
   * {@link WrittenTexts#REST} stands for a character that the model does not tell apart.
   *
   * @param setting gives the texts, for errors
   * @throws UserError if a text is missing, empty, too long, or has a character that the model
   *     lacks; or if there is one and the model reads none
   */
  void put(Map<String, NpyArray> inputs, String setting, List<@Nullable String> texts) {
    List<int[]> all = new ArrayList<>();
    for (String text : texts) {
      all.add(labels(setting, text));
    }
    if (vocabulary == null) {
      return;
    }
    int longest = all.stream().mapToInt(labels -> labels.length).max().orElse(0);
    int[] padded = new int[all.size() * longest];
    int[] lengths = new int[all.size()];
    for (int i = 0; i < all.size(); i++) {
      lengths[i] = all.get(i).length;
      System.arraycopy(all.get(i), 0, padded, i * longest, lengths[i]);
    }
    inputs.put(StrokesSignatures.TEXT, NpyArray.of(padded, all.size(), longest));
    inputs.put(StrokesSignatures.TEXT_LENGTHS, NpyArray.of(lengths, all.size()));
  }

  /** The characters of an exported model, from its file. */
  static Vocabulary vocabulary(Path folder, String json) {
    Path file = folder.resolve(ModelGuide.path(StrokesExport.VOCABULARY));
    try {
      return Vocabulary.fromJson(JsonParser.parseString(json), file.toString());
    } catch (JsonParseException e) {
      throw UserError.in(file).what("not JSON").received(e.getMessage()).cause(e).build();
    }
  }

  /** Checks a text that {@code setting} gives, which cannot ask for the rest of all characters. */
  void require(String setting, String text) {
    labels(setting, text);
    int rest = text.indexOf(WrittenTexts.REST);
    if (rest >= 0 && vocabulary != null) {
      int at = text.codePointCount(0, rest);
      throw lacking(Setting.of(setting), text.codePointAt(rest), at, vocabulary);
    }
  }

  private int[] labels(String name, @Nullable String text) {
    Setting setting = Setting.of(name);
    if (vocabulary == null) {
      if (text != null) {
        throw UserError.in(setting)
            .what("the model cannot be told what to write")
            .expected("a model trained with model.window")
            .received("'" + model + "'")
            .next("leave " + setting + " out, or take another model")
            .build();
      }
      return new int[0];
    }
    if (text == null || text.isEmpty()) {
      throw UserError.in(setting)
          .what(text == null ? "the model must be told what to write" : "the text is empty")
          .expected("a text of the characters " + characters(vocabulary))
          .received(text == null ? "none" : "''")
          .next(
              text == null
                  ? "add " + Setting.of(name, name.equals(TEXTS) ? "FILE" : "TEXT")
                  : "give one of these characters")
          .build();
    }
    TextPart part = TextPart.of(setting.toString(), text);
    if (part.length() > MOST) {
      throw UserError.in(setting)
          .what("the text is too long to be written in one drawing")
          .expected("at most " + MOST + " characters")
          .received(part.length())
          .next("write it in several drawings")
          .build();
    }
    int[] labels = new int[part.length()];
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      OptionalInt label = vocabulary.find(points[i]);
      if (label.isEmpty()) {
        throw lacking(setting, points[i], i, vocabulary);
      }
      labels[i] = label.getAsInt();
    }
    return labels;
  }

  private static UserError lacking(Setting setting, int symbol, int at, Vocabulary vocabulary) {
    return UserError.in(setting)
        .what("the model never learnt to write character " + (at + 1))
        .expected("one of " + characters(vocabulary))
        .received("'%s' (U+%04X)".formatted(Character.toString(symbol), symbol))
        .next("leave it out, or train with a text that holds it")
        .build();
  }

  /** Those that have a label of their own. */
  private static String characters(Vocabulary vocabulary) {
    int[] ids = new int[vocabulary.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i;
    }
    String all = new String(vocabulary.decode(ids), UTF_8);
    return "'" + all.replace(WrittenTexts.REST, "") + "'";
  }
}
