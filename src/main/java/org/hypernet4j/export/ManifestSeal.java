// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * The digest of a manifest in the manifest itself: the manifest vouches for all other files, and
 * nothing else would vouch for it.
 *
 * <p>It is the SHA-256 of the file's bytes with 64 zeros in the digest's place, which is the end.
 */
public final class ManifestSeal {
  public static final String KEY = "sha256";

  private static final String ZEROS = "0".repeat(64);
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private ManifestSeal() {}

  /** The text of a manifest, with its digest as the last field. */
  public static String seal(JsonObject manifest) {
    JsonObject sealed = manifest.deepCopy();
    sealed.addProperty(KEY, ZEROS);
    String text = GSON.toJson(sealed) + "\n";
    String end = end(ZEROS);
    return text.substring(0, text.length() - end.length()) + end(digest(text));
  }

  /**
   * Compares the digest with the text that it is in.
   *
   * @param digest the field's value
   * @throws UserError if the text is another than that which was sealed
   */
  static void require(Path file, String text, String digest) {
    String end = end(digest);
    String computed =
        text.endsWith(end)
            ? digest(text.substring(0, text.length() - end.length()) + end(ZEROS))
            : "no digest at the end of the file";
    if (!computed.equals(digest)) {
      throw UserError.in(file)
          .what("is not the manifest that was exported")
          .expected("SHA-256 " + digest)
          .received(computed)
          .next("export the model again")
          .build();
    }
  }

  private static String digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String end(String digest) {
    return "\"" + KEY + "\": \"" + digest + "\"\n}\n";
  }
}
