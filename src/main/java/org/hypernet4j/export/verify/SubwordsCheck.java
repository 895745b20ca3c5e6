// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.io.internal.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a manifest says about the pieces of words that a model reads and writes: which files
 * have them, how many there are, and that they are the pieces it was trained with.
 */
final class SubwordsCheck {
  private static final String PIECES = ModelGuide.path("pieces.txt");
  private static final String MERGES = ModelGuide.path("merges.txt");

  /** The first pieces by id, and what the guide calls them. */
  private static final List<String> SPECIAL = List.of("<pad>", "<s>", "</s>", "<unk>");

  private static final List<String> MARKS = List.of("pad", "start", "end", "unknown");

  private static final String LOG_PROBS = "log_probs";
  private static final String STEP = "step";

  private final Path folder;
  private final Manifest manifest;
  private final Consumer<String> faults;

  SubwordsCheck(Path folder, Manifest manifest, Consumer<String> faults) {
    this.folder = folder;
    this.manifest = manifest;
    this.faults = faults;
  }

  /** Whether a model has files of pieces. */
  static boolean hasFiles(Manifest manifest) {
    return manifest.files().containsKey(PIECES);
  }

  /** Adds the faults found. */
  void run(JsonObject guide, JsonObject stated) {
    for (String part : List.of("search", "state")) {
      if (!(guide.get(part) instanceof JsonObject)) {
        faults.accept("there is no '" + part + "' of a translation model");
      }
    }
    if (!filesAreThere(stated.get("files"))) {
      return;
    }
    String pieces;
    String merges;
    try {
      pieces = Files.readString(folder.resolve(PIECES));
      merges = Files.readString(folder.resolve(MERGES));
    } catch (IOException e) {
      faults.accept("the pieces cannot be read: " + e);
      return;
    }
    long count = pieces.lines().count();
    Long size = GuideCheck.whole(stated.get("size"));
    if (!Objects.equals(size, count)) {
      faults.accept("there are %d pieces, stated are %s".formatted(count, stated.get("size")));
    }
    if (!new JsonPrimitive(Sha256.of((pieces + "\n" + merges).getBytes(UTF_8)))
        .equals(stated.get("sha256"))) {
      faults.accept("the pieces are not those that the model was trained with: another SHA-256");
    }
    List<String> first = pieces.lines().limit(MARKS.size()).toList();
    for (int id = 0; id < MARKS.size(); id++) {
      requireMark(stated, MARKS.get(id), id);
    }
    if (!first.equals(SPECIAL)) {
      faults.accept("the first pieces are " + first + ", expected " + SPECIAL);
    }
    Long outputs = GuideCheck.whole(guide.get("modelPieces"));
    if (outputs == null || outputs < count) {
      faults.accept(
          "modelPieces is %s, the vocabulary has %d pieces"
              .formatted(guide.get("modelPieces"), count));
    }
    Manifest.SignatureEntry step = manifest.signatures().get(STEP);
    Manifest.TensorEntry logProbs = step == null ? null : step.outputs().get(LOG_PROBS);
    if (outputs != null && logProbs != null && GuideCheck.last(logProbs) != outputs) {
      faults.accept(
          "modelPieces is %d, %s of signature '%s' has the shape %s"
              .formatted(outputs, LOG_PROBS, STEP, logProbs.shape()));
    }
  }

  private boolean filesAreThere(@Nullable JsonElement files) {
    boolean all = files instanceof JsonArray listed && !listed.isEmpty();
    if (files instanceof JsonArray listed) {
      for (JsonElement file : listed) {
        all &= file instanceof JsonPrimitive && manifest.files().containsKey(file.getAsString());
      }
    }
    if (!all) {
      faults.accept("the files of the pieces " + files + " are not all among the files");
    }
    return all;
  }

  private void requireMark(JsonObject stated, String name, int id) {
    if (!Objects.equals(GuideCheck.whole(stated.get(name)), (long) id)) {
      faults.accept("the id of '%s' is %d, stated is %s".formatted(name, id, stated.get(name)));
    }
  }
}
