// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * Checks the information for clients in a manifest ({@code guide}) against the signatures and the
 * vocabulary: how many symbols there are, which parts a state has, and where the symbols are
 * written.
 */
final class GuideCheck {
  private static final String VOCABULARY = "vocabulary";
  private static final String LOGITS = "logits";
  private static final String STATE = "state_";
  private static final String REST = "rest";
  private static final String SUBWORDS = "subwords";

  private final Path folder;
  private final Manifest manifest;
  private final List<Fault> faults;

  GuideCheck(Path folder, Manifest manifest, List<Fault> faults) {
    this.folder = folder;
    this.manifest = manifest;
    this.faults = faults;
  }

  /** Adds the faults found; a guide may be empty. */
  void run() {
    JsonObject guide = manifest.guide();
    if (guide == null) {
      return;
    }
    if (manifest.files().containsKey(ModelGuide.path("vocabulary.json"))
        && !(guide.has("symbols") && guide.has(VOCABULARY) && guide.has("state"))) {
      add("symbols, vocabulary and state of a language model are not all there");
    }
    Long symbols = whole(guide.get("symbols"));
    if (symbols != null) {
      for (Manifest.SignatureEntry signature : manifest.signatures().values()) {
        Manifest.TensorEntry logits = signature.outputs().get(LOGITS);
        if (logits != null && last(logits) != symbols) {
          add("symbols is %d, logits have the shape %s".formatted(symbols, logits.shape()));
        }
      }
    }
    if (guide.get("state") instanceof JsonObject state) {
      checkState(state);
    }
    if (guide.get(VOCABULARY) instanceof JsonObject vocabulary) {
      checkVocabulary(vocabulary, symbols);
    }
    if (guide.get(SUBWORDS) instanceof JsonObject subwords) {
      new SubwordsCheck(folder, manifest, this::add).run(guide, subwords);
    } else if (SubwordsCheck.hasFiles(manifest)) {
      add("there is nothing about the pieces of a translation model, " + SUBWORDS);
    }
  }

  private void checkState(JsonObject state) {
    for (Map.Entry<String, Manifest.SignatureEntry> signature : manifest.signatures().entrySet()) {
      signature
          .getValue()
          .outputs()
          .forEach(
              (alias, tensor) -> {
                Long size = whole(state.get(alias));
                if (alias.startsWith(STATE) && (size == null || size != last(tensor))) {
                  add(
                      "the size of %s is %s, signature '%s' has the shape %s"
                          .formatted(alias, state.get(alias), signature.getKey(), tensor.shape()));
                }
              });
    }
    for (String part : state.keySet()) {
      if (manifest.signatures().values().stream()
          .noneMatch(signature -> signature.outputs().containsKey(part))) {
        add("no signature has the state '" + ModelIntegrity.visible(part) + "'");
      }
    }
  }

  private void checkVocabulary(JsonObject guide, @Nullable Long symbols) {
    if (!(guide.get("file") instanceof JsonPrimitive file)
        || !manifest.files().containsKey(file.getAsString())) {
      add("the vocabulary's file " + guide.get("file") + " is not among the files");
      return;
    }
    Path path = folder.resolve(file.getAsString());
    try {
      JsonElement written =
          StrictJson.parse(
              RegularFiles.readString(path, RegularFiles.DESCRIPTION), path.toString());
      if (!(written instanceof JsonObject vocabulary)
          || !(vocabulary.get("symbols") instanceof JsonArray listed)) {
        add(path.getFileName() + " is not a vocabulary");
        return;
      }
      Long size = whole(guide.get("size"));
      if (size == null || size != listed.size() || (symbols != null && size > symbols)) {
        add(
            "the vocabulary has %d symbols, its size is given as %s of %s"
                .formatted(listed.size(), guide.get("size"), symbols));
      }
      if (!String.valueOf(vocabulary.get("kind")).equals(String.valueOf(guide.get("kind")))) {
        add(
            "the vocabulary's kind is %s, given is %s"
                .formatted(vocabulary.get("kind"), guide.get("kind")));
      }
      if (guide.has(REST) && !readsSymbols()) {
        checkRest(guide.get(REST), listed);
        return;
      }
      Long first = whole(guide.get("emptyPrompt"));
      if (first == null || first != newline(listed)) {
        add(
            "emptyPrompt is %s, the newline, or else the first symbol, is %d"
                .formatted(guide.get("emptyPrompt"), newline(listed)));
      }
    } catch (IOException | UserError e) {
      add("the vocabulary cannot be read: " + Verifier.oneLine(e));
    }
  }

  /** Whether the model is a language model, which predicts symbols. */
  private boolean readsSymbols() {
    return manifest.signatures().values().stream()
        .anyMatch(signature -> signature.outputs().containsKey(LOGITS));
  }

  /** The label of all characters that a model of handwriting does not tell apart. */
  private void checkRest(JsonElement rest, JsonArray symbols) {
    Long label = whole(rest);
    if (label == null
        || label < 0
        || label >= symbols.size()
        || !symbols.get(label.intValue()).equals(new JsonPrimitive("\uFFFD"))) {
      add("rest is %s, which is not the place of U+FFFD in the vocabulary".formatted(rest));
    }
  }

  /** The newline's position, of characters or of bytes; 0 where there is none. */
  private static int newline(JsonArray symbols) {
    for (int i = 0; i < symbols.size(); i++) {
      if (symbols.get(i).equals(new JsonPrimitive("\n"))
          || symbols.get(i).equals(new JsonPrimitive(10))) {
        return i;
      }
    }
    return 0;
  }

  static long last(Manifest.TensorEntry tensor) {
    return tensor.shape().isEmpty() ? 0 : tensor.shape().get(tensor.shape().size() - 1);
  }

  static @Nullable Long whole(@Nullable JsonElement element) {
    return element instanceof JsonPrimitive value
            && value.isNumber()
            && value.getAsString().matches("-?[0-9]{1,18}")
        ? Long.valueOf(value.getAsString())
        : null;
  }

  private void add(String message) {
    faults.add(new Fault(Fault.Kind.MANIFEST, "guide: " + message));
  }
}
