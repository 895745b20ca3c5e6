// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.data.ParallelText;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TextLines;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.picture.HeatMap;
import org.hypernet4j.picture.HeatMapPicture;
import org.hypernet4j.picture.TextStrips;
import org.hypernet4j.picture.TranslationPage;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.RunFolder;

/**
 * Pictures of what a model attends to while it translates: {@code attention.html} with all
 * sentences, and each as {@code attention-N.png} and {@code .svg}. Beside them, of a HyperLSTM, how
 * much the recurrent weights of each gate change at every piece.
 */
final class AttentionPictures {
  /** Sentences of the validation part that are drawn if none is given. */
  private static final int SENTENCES = 10;

  private static final String END = "</s>";

  /** The gates of an LSTM, in the paper's order. */
  private enum Gate {
    I("input gate", TextStrips.Colour.BLUE),
    G("candidate", TextStrips.Colour.GREEN),
    F("forget gate", TextStrips.Colour.ORANGE),
    O("output gate", TextStrips.Colour.PURPLE);

    private final String meaning;
    private final TextStrips.Colour colour;

    Gate(String meaning, TextStrips.Colour colour) {
      this.meaning = meaning;
      this.colour = colour;
    }

    /** As it stands in the name of a weight. */
    String letter() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The recurrent weights, which the paper's own picture shows. */
  private static final String RECURRENT = "W_h_";

  private final TrainedTranslation model;
  private final DrawOptions options;

  AttentionPictures(TrainedTranslation model, DrawOptions options) {
    this.model = model;
    this.options = options;
  }

  Drawing draw() {
    List<String> sentences = sentences();
    AttentionProbe probe =
        new AttentionProbe(model.session().store().root().child("probe").tf(), model.model());
    List<TranslationPage.Sentence> pages = new ArrayList<>();
    JsonArray written = new JsonArray();
    for (String sentence : sentences) {
      pages.add(page(probe, sentence));
      JsonObject one = new JsonObject();
      one.addProperty("source", sentence);
      one.addProperty("translation", pages.get(pages.size() - 1).translation());
      written.add(one);
    }
    RunFolder.makeFolder(options.folder());
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < pages.size(); i++) {
      String name = String.format(Locale.ROOT, "attention-%d", i + 1);
      Path png = options.folder().resolve(name + ".png");
      Path svg = options.folder().resolve(name + ".svg");
      HeatMapPicture.writePng(png, pages.get(i).attention());
      HeatMapPicture.writeSvg(svg, pages.get(i).attention());
      files.add(png);
      files.add(svg);
    }
    Path page = options.folder().resolve("attention.html");
    TranslationPage.write(
        page,
        "What " + model.specification().name() + " attends to",
        List.of("A translation of each sentence by the search of the model."),
        pages);
    files.add(page);
    List<String> lines = new ArrayList<>();
    pages.forEach(one -> lines.add(one.source() + "\n  " + one.translation()));
    files.forEach(file -> lines.add(file.toString()));
    JsonObject figures = new JsonObject();
    figures.add("translations", written);
    return new Drawing(lines, figures, files);
  }

  private List<String> sentences() {
    if (options.text() != null) {
      return List.of(options.text());
    }
    Path file = options.textFile();
    if (file != null) {
      return lines(file);
    }
    ParallelText validation =
        TranslationData.read(model.specification().data(), options.data()).validation();
    return validation.source().subList(0, Math.min(SENTENCES, validation.count()));
  }

  /** The first lines of a file that are not blank. */
  private static List<String> lines(Path file) {
    List<String> sentences = new ArrayList<>();
    try (TextLines in = TextLines.open(file)) {
      for (String line = in.next();
          line != null && sentences.size() < SENTENCES;
          line = in.next()) {
        if (!line.isBlank()) {
          sentences.add(line);
        }
      }
    }
    if (sentences.isEmpty()) {
      throw UserError.in(file)
          .what("there is nothing to translate")
          .expected("a sentence a line")
          .received("no text")
          .build();
    }
    return sentences;
  }

  private TranslationPage.Sentence page(AttentionProbe probe, String sentence) {
    Subwords subwords = model.subwords();
    int[] source = subwords.encode(sentence);
    if (source.length == 0) {
      throw UserError.in(Setting.of("text"))
          .what("there is nothing to translate")
          .expected("a sentence")
          .received(sentence.isEmpty() ? "an empty text" : "blanks")
          .build();
    }
    int[] translated = model.translate(List.of(source)).get(0);
    AttentionProbe.Seen seen = probe.see(model.session().session(), source, translated);
    List<String> rows = new ArrayList<>();
    for (int id : translated) {
      rows.add(subwords.pieces().get(id));
    }
    rows.add(END);
    String translation = subwords.decode(translated);
    return new TranslationPage.Sentence(
        sentence,
        translation,
        new HeatMap(
            sentence, subwords.split(sentence), rows, seen.alignments(), strips(seen.changes())));
  }

  private static List<TextStrips.Strip> strips(Map<String, double[]> changes) {
    List<TextStrips.Strip> strips = new ArrayList<>();
    for (Gate gate : Gate.values()) {
      double[] values = changes.get(RECURRENT + gate.letter());
      if (values != null) {
        strips.add(
            new TextStrips.Strip(
                "W_h^" + gate.letter(),
                "change of the recurrent weights of the " + gate.meaning,
                gate.colour,
                values));
      }
    }
    return strips;
  }
}
