// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ServingSignature;
import org.jspecify.annotations.Nullable;

/** What the files of an exported translation model say about it. */
final class ExportedTranslation {
  private ExportedTranslation() {}

  /** The properties and the pieces of a model, whose files are those of its manifest. */
  record Described(Translator.Properties properties, Subwords subwords) {}

  /** Whether a folder holds an exported translation model. */
  static boolean isIn(Path folder) {
    return Manifest.isIn(folder) && isOne(Manifest.read(folder));
  }

  private static boolean isOne(Manifest manifest) {
    JsonObject guide = manifest.guide();
    return guide != null
        && manifest.signatures().containsKey(ServingSignature.DEFAULT_KEY)
        && manifest.signatures().containsKey(TranslationSignatures.GREEDY)
        && text(guide, TranslationExport.SOURCE) != null
        && text(guide, TranslationExport.TARGET) != null
        && guide.get(TranslationExport.SUBWORDS) instanceof JsonObject subwords
        && text(subwords, TranslationExport.SHA256) != null
        && guide.get(TranslationExport.SEARCH) instanceof JsonObject search
        && beams(search) > 0;
  }

  /**
   * Reads them.
   *
   * @throws UserError if the model does not translate, or its pieces are those of another model
   */
  static Described read(Path folder) {
    Manifest manifest = Manifest.isIn(folder) ? Manifest.read(folder) : null;
    JsonObject guide = manifest == null ? null : manifest.guide();
    if (manifest == null || guide == null || !isOne(manifest)) {
      throw UserError.in(folder)
          .what("the model is no translation model")
          .expected("a translation model that this library exported")
          .received(manifest == null ? "a model without a manifest" : "'" + manifest.model() + "'")
          .next("give the folder of another model, or of a run")
          .build();
    }
    Subwords subwords = Subwords.read(folder.resolve(ModelFiles.EXTRA));
    String stated =
        String.valueOf(
            text(guide.getAsJsonObject(TranslationExport.SUBWORDS), TranslationExport.SHA256));
    if (!subwords.sha256().equals(stated)) {
      throw UserError.in(folder.resolve(ModelFiles.EXTRA))
          .what("the pieces are not those that the model was trained with")
          .expected("SHA-256 " + stated)
          .received(subwords.sha256())
          .next("copy or export the model again")
          .build();
    }
    return new Described(
        new Translator.Properties(
            manifest.model(),
            String.valueOf(text(guide, TranslationExport.SOURCE)),
            String.valueOf(text(guide, TranslationExport.TARGET)),
            beams(guide.getAsJsonObject(TranslationExport.SEARCH))),
        subwords);
  }

  private static @Nullable String text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value instanceof JsonPrimitive primitive && primitive.isString()
        ? primitive.getAsString()
        : null;
  }

  /** The number of translations that the search follows; 0 if it is not stated. */
  private static int beams(JsonObject search) {
    JsonElement value = search.get(TranslationExport.BEAMS);
    return value instanceof JsonPrimitive number
            && number.isNumber()
            && number.getAsString().matches("[0-9]{1,6}")
        ? Integer.parseInt(number.getAsString())
        : 0;
  }
}
