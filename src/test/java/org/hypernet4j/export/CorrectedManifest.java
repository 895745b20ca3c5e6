package org.hypernet4j.export;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What somebody does who changes a model and does not want its digests to tell. */
final class CorrectedManifest {
  private CorrectedManifest() {}

  /** Writes the sizes and digests of the listed files as they are now, and the manifest's own. */
  static void of(Path model) throws IOException {
    Path file = model.resolve(Manifest.PATH);
    JsonObject manifest = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject files = manifest.getAsJsonObject("files");
    for (String name : files.keySet()) {
      Manifest.FileEntry now = Manifest.entry(model.resolve(name));
      JsonObject entry = files.getAsJsonObject(name);
      entry.addProperty("bytes", now.bytes());
      entry.addProperty("sha256", now.sha256());
    }
    manifest.remove(ManifestSeal.KEY);
    Files.writeString(file, ManifestSeal.seal(manifest));
  }
}
