// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** What the files of an exported model of strokes say about it. */
final class ExportedStrokes {
  private ExportedStrokes() {}

  /** Whether a folder holds an exported model of pen strokes. */
  static boolean isIn(Path folder) {
    return Manifest.isIn(folder) && isOne(Manifest.read(folder));
  }

  private static boolean isOne(Manifest manifest) {
    JsonObject guide = manifest.guide();
    return guide != null
        && manifest.signatures().containsKey(StrokesSignatures.SAMPLE)
        && guide.has(StrokesRun.SCALING)
        && guide.has("pen");
  }

  /**
   * Reads them.
   *
   * @throws UserError if the model is not one of pen strokes
   */
  static StrokesModel.Properties properties(Path folder, LoadedModel model) {
    Manifest manifest = Manifest.isIn(folder) ? Manifest.read(folder) : null;
    JsonObject guide = manifest == null ? null : manifest.guide();
    if (manifest == null || guide == null || !isOne(manifest)) {
      throw UserError.in(folder)
          .what("the model is not one of pen strokes")
          .expected("a model of pen strokes that this library exported")
          .received(manifest == null ? "a model without a manifest" : "'" + manifest.model() + "'")
          .next("give the folder of another model, or of a run")
          .build();
    }
    String where = folder.resolve(Manifest.PATH).toString();
    JsonElement latent = guide.get("latent");
    Manifest.SignatureEntry traced = manifest.signatures().get(StrokesSignatures.TRACE);
    Vocabulary vocabulary =
        guide.has(StrokesRun.VOCABULARY)
            ? TextInputs.vocabulary(folder, model.file(StrokesExport.VOCABULARY))
            : null;
    return new StrokesModel.Properties(
        manifest.model(),
        specification(manifest.provenance().get("specification"), where),
        guide.get("pen").getAsString().equals("three-way") || vocabulary != null,
        latent == null ? 0 : latent.getAsInt(),
        traced != null && StrokesSignatures.isTraced(traced.outputs().keySet()),
        StrokeScaling.fromJson(guide.get(StrokesRun.SCALING), where),
        vocabulary);
  }

  /** The whole specification; what others have put there may be less. */
  private static @Nullable ExperimentSpec specification(@Nullable JsonElement json, String where) {
    return json instanceof JsonObject object
            && object.keySet().containsAll(List.of("name", "model", "data", "training"))
        ? SpecReader.read(ExperimentSpec.class, object, Place.file(where + ", specification"))
        : null;
  }
}
