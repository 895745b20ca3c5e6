// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.verify.Verifier;

/** One of the JSON files beside a model is edited, and the model verified. */
final class EditedManifest implements FaultKind {
  private static final Path MANIFEST = Path.of("assets.extra", "manifest.json");

  @Override
  public String name() {
    return "edited-manifest";
  }

  @Override
  public String right() {
    return "`verify` finds a fault, whatever value, key or type was changed";
  }

  @Override
  public int attempts() {
    return 200;
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Path model = attempt.folder().resolve("model");
    Materials.copy(attempt.materials().model(random.nextBoolean()), model);
    Path file = model.resolve(MANIFEST);
    String sound = Files.readString(file);
    JsonDamage damage = JsonDamage.any(random);
    byte[] edited = damage.apply(sound, random);
    Files.write(file, edited);
    if (saysTheSame(edited, sound)) {
      return; // two equal values were swapped, say
    }
    try {
      if (Verifier.verify(model).verified()) {
        throw new Wrong("the manifest was changed by " + damage + ", and the model verified");
      }
    } catch (UserError e) {
      FlippedFile.requireOneLine(e);
    }
  }

  private static boolean saysTheSame(byte[] edited, String sound) {
    try {
      return JsonParser.parseString(new String(edited, StandardCharsets.UTF_8))
          .equals(JsonParser.parseString(sound));
    } catch (JsonParseException | StackOverflowError e) {
      return false;
    }
  }
}
