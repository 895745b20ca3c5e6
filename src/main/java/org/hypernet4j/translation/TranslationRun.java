// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.error.UserError;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** The run of a translation model, and the best model in it. */
public final class TranslationRun extends FinishedRun {
  /** The key of the pieces in a checkpoint's state. */
  static final String SUBWORDS = "subwords";

  private static final String KIND = "a translation model";

  private final Subwords subwords;

  TranslationRun(RunFolder folder, ExperimentSpec spec) {
    super(folder, spec);
    subwords = stored(checkpoint(), "best checkpoint in " + folder.path());
  }

  /**
   * Opens a run.
   *
   * @throws UserError if the folder holds no run, none with a best checkpoint, or that of another
   *     kind of model
   */
  public static TranslationRun open(Path path) {
    RunFolder folder = RunFolder.existing(path);
    ExperimentSpec spec = folder.specification();
    new TranslationFamily().require(path, spec, KIND);
    return new TranslationRun(folder, spec);
  }

  /** The pieces of a checkpoint. */
  static Subwords stored(Checkpoint checkpoint, String where) {
    JsonElement stored = checkpoint.state().get(SUBWORDS);
    if (!(stored instanceof JsonObject json)) {
      throw UserError.in(where)
          .what("has no pieces of a translation model")
          .expected("an object '" + SUBWORDS + "'")
          .received(stored)
          .next("train the model again")
          .build();
    }
    return Subwords.of(
        strings(json.get("pieces"), where, "pieces"), strings(json.get("merges"), where, "merges"));
  }

  /** The pieces as they are stored in a checkpoint. */
  static JsonObject toJson(Subwords subwords) {
    JsonObject json = new JsonObject();
    json.add("pieces", array(subwords.pieces()));
    json.add("merges", array(subwords.merges()));
    return json;
  }

  private static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  private static List<String> strings(@Nullable JsonElement array, String where, String name) {
    if (!(array instanceof JsonArray found)) {
      throw UserError.in(where + ", " + SUBWORDS)
          .what("has no list of " + name)
          .expected("an array of texts")
          .received(array)
          .build();
    }
    List<String> texts = new ArrayList<>();
    for (JsonElement text : found) {
      if (!text.isJsonPrimitive()) {
        throw UserError.in(where + ", " + SUBWORDS + ", " + name)
            .what("not a text")
            .received(text)
            .build();
      }
      texts.add(text.getAsString());
    }
    return texts;
  }

  /** The pieces of the model. */
  public Subwords subwords() {
    return subwords;
  }

  @Override
  public TrainedTranslation best() {
    return TrainedTranslation.open(specification(), checkpoint(), subwords);
  }

  /**
   * Draws what the model attends to while it translates sentences, and the change of its weights.
   */
  @Override
  public Drawing draw(DrawOptions options) {
    try (TrainedTranslation best = best()) {
      return new AttentionPictures(best, options).draw();
    }
  }
}
