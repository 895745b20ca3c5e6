// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.translation.TranslateSettings;
import org.hypernet4j.translation.Translation;
import org.hypernet4j.translation.Translator;

/**
 * Translations of single sentences, with what the model attended to: {@code {"translations":
 * [{"text": ..., "score": ...}], "columns": [pieces of the sentence], "rows": [pieces of the best
 * translation, the end included], "alignment": [[weight of each column] for each row]}}.
 */
final class PlayedTranslation {
  private static final int MOST_TEXT = 1000;
  private static final int MOST_PIECES = 100;
  private static final int MOST_TRANSLATIONS = 5;
  private static final String END = "</s>";

  private final PlayedModels models;

  PlayedTranslation(PlayedModels models) {
    this.models = models;
  }

  JsonObject answer(Asked asked) {
    asked.requireOnly("model", "version", "text");
    String text = asked.text("text", MOST_TEXT);
    if (text.isBlank()) {
      throw UserError.in("text").what("there is nothing to translate").build();
    }
    try (PlayedModels.Use<Translator> use =
        models.use(
            asked, "a translation model", Translator::isExport, Translator.class, Translator::of)) {
      Translator translator = use.value();
      int most = Math.min(MOST_TRANSLATIONS, translator.properties().beams());
      List<Translation> all =
          translator
              .translate(List.of(text), new TranslateSettings(most, false, MOST_PIECES, 1))
              .get(0);
      return json(translator.subwords().split(text), all);
    }
  }

  static JsonObject json(List<String> sentence, List<Translation> all) {
    JsonObject answer = new JsonObject();
    JsonArray translations = new JsonArray();
    for (Translation each : all) {
      JsonObject one = new JsonObject();
      one.addProperty("text", each.text());
      one.addProperty("score", Rounded.of(each.score()));
      one.addProperty("ended", each.ended());
      translations.add(one);
    }
    answer.add("translations", translations);
    answer.add("columns", texts(sentence));
    if (!all.isEmpty()) {
      Translation best = all.get(0);
      JsonArray rows = texts(best.pieces());
      if (best.ended()) {
        rows.add(END);
      }
      answer.add("rows", rows);
      JsonArray alignment = new JsonArray();
      for (float[] weights : best.alignment()) {
        JsonArray row = new JsonArray();
        for (float weight : weights) {
          row.add(Float.isFinite(weight) ? Rounded.of(weight) : 0);
        }
        alignment.add(row);
      }
      answer.add("alignment", alignment);
    }
    return answer;
  }

  private static JsonArray texts(List<String> all) {
    JsonArray texts = new JsonArray();
    all.forEach(texts::add);
    return texts;
  }
}
