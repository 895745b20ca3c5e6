// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ManifestSeal;

/** What somebody does who changes a model and does not want its digests to tell. */
public final class CorrectedManifest {
  private CorrectedManifest() {}

  /**
   * Writes what files there are now, with their sizes and digests, and the manifest's own digest.
   */
  public static void of(Path model) throws IOException {
    Path file = model.resolve(Manifest.PATH);
    JsonObject manifest = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject files = new JsonObject();
    for (Map.Entry<String, Manifest.FileEntry> entry : Manifest.entries(model).entrySet()) {
      JsonObject now = new JsonObject();
      now.addProperty("bytes", entry.getValue().bytes());
      now.addProperty("sha256", entry.getValue().sha256());
      files.add(entry.getKey(), now);
    }
    files.remove(Manifest.PATH);
    manifest.add("files", files);
    manifest.remove(ManifestSeal.KEY);
    Files.writeString(file, ManifestSeal.seal(manifest));
  }
}
