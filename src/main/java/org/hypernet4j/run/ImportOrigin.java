// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.StrictJson;
import org.jspecify.annotations.Nullable;

/** The origin of the imported weights with which a run began. */
final class ImportOrigin {
  private ImportOrigin() {}

  /** The origin stored in a run's folder, or null for a run without imported weights. */
  static @Nullable JsonObject read(RunFolder folder) {
    Path file = folder.origin();
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    JsonElement json;
    try {
      json =
          StrictJson.parse(
              RegularFiles.readString(file, RegularFiles.DESCRIPTION), file.toString());
    } catch (IOException e) {
      throw unreadable(file, e.toString()).cause(e).build();
    }
    if (!(json instanceof JsonObject origin)) {
      throw unreadable(file, json.isJsonArray() ? "a list" : "a single value").build();
    }
    return origin;
  }

  private static UserError.Builder unreadable(Path file, String received) {
    return UserError.in(file)
        .what("cannot be read")
        .expected("a JSON object with the origin of the weights")
        .received(received)
        .next("remove the file if you do without it");
  }
}
