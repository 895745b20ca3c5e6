// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.Collections;
import java.util.List;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.WrittenTexts;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/** What the drawings of a {@link SketchBook} say. */
final class SketchTexts {
  private final StrokesModel.Properties model;
  private final SketchSettings settings;

  SketchTexts(StrokesModel.Properties model, SketchSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * The text of each column: the one that was asked for, or those of the data.
   *
   * @param data the model's data, or null
   * @param chosen the numbers of the drawings in it that are shown
   * @return one or more, to be repeated; a null for a model that writes no given text
   * @throws UserError if the model must be told what to write and nobody does, or if the prime's
   *     text is missing
   */
  List<@Nullable String> of(@Nullable DrawingPart data, List<Integer> chosen) {
    String text = settings.text();
    if (text != null) {
      new TextInputs(model.name(), model.vocabulary()).require("text", text);
      return List.of(begun() + text);
    }
    List<@Nullable String> all = ofData(model, data);
    return chosen.isEmpty() || model.vocabulary() == null
        ? all
        : Collections.unmodifiableList(chosen.stream().<@Nullable String>map(all::get).toList());
  }

  /** What drawings to be counted say: the texts of the data, or the one that was asked for. */
  List<@Nullable String> counted(@Nullable DrawingPart data) {
    String text = settings.text();
    return text != null && (data == null || data.texts().isEmpty())
        ? List.of(text)
        : ofData(model, data);
  }

  /**
   * The texts of data as a model reads them.
   *
   * @return a single null for a model that writes no given text
   * @throws UserError if the model must be told what to write and the data do not say it
   */
  private static List<@Nullable String> ofData(
      StrokesModel.Properties model, @Nullable DrawingPart data) {
    if (model.vocabulary() == null) {
      return Collections.singletonList(null);
    }
    if (data == null || data.texts().isEmpty()) {
      throw UserError.in(Setting.of("text"))
          .what("the model must be told what to write")
          .expected("a text")
          .received("none, and no data with texts")
          .next("add " + Setting.of("text", "TEXT") + " or " + Setting.of("data", "PATH"))
          .build();
    }
    return Collections.unmodifiableList(WrittenTexts.known(data, model.vocabulary()).texts());
  }

  private String begun() {
    if (settings.prime() == null) {
      return "";
    }
    String begun = settings.primeText();
    if (begun == null) {
      throw UserError.in(Setting.of("prime-text"))
          .what("the model must know what the drawing to go on from says")
          .expected("the text of " + Setting.of("prime"))
          .received("none")
          .next("add " + Setting.of("prime-text", "TEXT"))
          .build();
    }
    new TextInputs(model.name(), model.vocabulary()).require("prime-text", begun);
    return begun;
  }
}
