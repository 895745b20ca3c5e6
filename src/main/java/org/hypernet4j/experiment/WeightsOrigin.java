// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.WeightFile;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.language.LanguageModelExport;
import org.hypernet4j.language.LanguageRun;
import org.hypernet4j.run.SpecDifference;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The description that this library stores beside the arrays of weights. Arrays of equal shapes
 * also fit a model of other symbols, or of another forget bias: only the description shows a
 * difference.
 *
 * @param where the weights, for errors
 * @param vocabulary the symbols of the ids of a language model, or null
 * @param model the trained model, in the form in which it was written, or null
 */
public record WeightsOrigin(
    String where, @Nullable Vocabulary vocabulary, @Nullable ModelSpec model) {
  private static final Logger LOG = LoggerFactory.getLogger(WeightsOrigin.class);
  private static final String MANIFEST = ModelGuide.path("manifest.json");
  // settings of initial values, on which trained weights no longer depend
  private static final Set<String> INITIAL =
      Set.of("initializer", "initialisation", "weightStddev", "embeddingMean", "embeddingStddev");

  /**
   * Reads the description beside the arrays.
   *
   * @param path as for {@link WeightFile#open}
   * @param file the result of that call
   * @throws UserError if it exists and is damaged
   */
  public static WeightsOrigin of(Path path, WeightFile file) {
    Checkpoint checkpoint = file.ownCheckpoint().orElse(null);
    String where = path.toString();
    if (checkpoint != null) {
      JsonElement symbols = checkpoint.state().get(LanguageRun.VOCABULARY);
      ExperimentSpec spec = specification(where, checkpoint.specification());
      return new WeightsOrigin(
          where,
          symbols == null ? null : Vocabulary.fromJson(symbols, where + ", vocabulary"),
          spec == null ? null : spec.model());
    }
    Path manifest = path.resolve(MANIFEST);
    return Files.isRegularFile(manifest)
        ? ofExport(where, path, json(manifest))
        : new WeightsOrigin(where, null, null);
  }

  private static WeightsOrigin ofExport(String where, Path folder, JsonElement manifest) {
    JsonElement symbols = at(manifest, "guide", "vocabulary");
    Path file = folder.resolve(ModelGuide.path(LanguageModelExport.VOCABULARY));
    Vocabulary vocabulary =
        symbols == null ? null : Vocabulary.fromJson(json(file), file.toString());
    JsonElement tree = at(manifest, "provenance", "specification");
    ExperimentSpec spec = tree == null ? null : specification(where, tree.toString());
    JsonElement form = at(manifest, "form");
    boolean baked =
        form != null && form.isJsonPrimitive() && form.getAsString().equals(ExportRequest.BAKED);
    return new WeightsOrigin(
        where,
        vocabulary,
        spec == null ? null : baked ? ModelFamilies.of(spec).plain(spec.model()) : spec.model());
  }

  /**
   * A specification that an older or newer version wrote may not be readable here: then nothing is
   * compared.
   */
  private static @Nullable ExperimentSpec specification(String where, String json) {
    try {
      return SpecReader.read(ExperimentSpec.class, json, "the specification in " + where);
    } catch (UserError e) {
      LOG.warn("Cannot check whether the settings are those of the weights: {}", e.getMessage());
      return null;
    }
  }

  private static @Nullable JsonElement at(@Nullable JsonElement tree, String... keys) {
    JsonElement element = tree;
    for (String key : keys) {
      element = element instanceof JsonObject object ? object.get(key) : null;
    }
    return element;
  }

  private static JsonElement json(Path file) {
    try {
      return JsonParser.parseString(RegularFiles.readString(file, RegularFiles.DESCRIPTION));
    } catch (IOException | JsonParseException e) {
      throw UserError.in(file)
          .what("cannot be read")
          .expected("what was written with the model, in JSON")
          .received(e.getMessage())
          .next("copy or export the model again")
          .cause(e)
          .build();
    }
  }

  /**
   * Checks that the model computes the function that the weights were trained for: settings that
   * change no shape, epsilon or forget bias for example, must be equal. Dropout and the settings of
   * initial values do not matter.
   *
   * @throws UserError naming the first setting that differs
   */
  public void requireSameFunction(ModelSpec given) {
    if (model == null) {
      return;
    }
    JsonObject theirs = tree(model);
    JsonObject ours = tree(given);
    for (JsonObject tree : List.of(theirs, ours)) {
      forgetInitial(tree);
      tree.remove("symbols"); // shapes show it
      if (tree.has("cell")) {
        tree.remove("keep"); // dropout
      }
      tree.remove("base"); // where adapters found the network that is among the weights
    }
    SpecDifference.first(theirs, ours)
        .ifPresent(
            first -> {
              throw UserError.in("model." + first.path())
                  .what("with this setting the weights would be another function")
                  .expected(first.stored() + ", as they were trained")
                  .received(first.given())
                  .next("set it so")
                  .build();
            });
  }

  /** The model as JSON of a specification, its type included. */
  private static JsonObject tree(ModelSpec model) {
    return SpecWriter.toTree(new Holder(model)).getAsJsonObject("model");
  }

  private record Holder(ModelSpec model) {}

  private static void forgetInitial(JsonObject tree) {
    tree.keySet().removeAll(INITIAL);
    for (String key : tree.keySet()) {
      if (tree.get(key) instanceof JsonObject inner) {
        forgetInitial(inner);
      }
    }
  }

  /**
   * Chooses the vocabulary of a run that begins with these weights.
   *
   * @param spec the specification in force
   * @param data the user's copy of the data, or null for the built-in text
   * @param models whether the model's symbols are used, and not those of the text
   * @return the model's vocabulary, or null for that of the text
   * @throws UserError naming the first symbol that differs; or, where the model's symbols are used,
   *     the first of the text that the model lacks
   */
  public @Nullable Vocabulary numbering(ExperimentSpec spec, @Nullable Path data, boolean models) {
    if (models && (vocabulary == null || !ModelFamilies.of(spec).readsSymbols())) {
      throw UserError.in(Setting.of("vocabulary", "model"))
          .what("these weights bring no symbols")
          .expected(
              "the folder of a language model that this library exported, or a run's best.ckpt")
          .received(where)
          .next(
              "leave " + Setting.of("vocabulary") + " out: the symbols are then those of the text")
          .build();
    }
    if (vocabulary == null || !ModelFamilies.of(spec).readsSymbols()) {
      return null;
    }
    RawText text = ModelFamilies.of(spec).text(spec, data);
    if (models) {
      TextSplits unused = TextSplits.of(text, vocabulary);
      return vocabulary;
    }
    vocabulary.requireEqual(text.vocabulary(), where, text.train().name());
    return null;
  }

  /**
   * Whether the symbols of the ids are a guess: a language model whose weights do not name them.
   */
  public boolean isSilentOnSymbols(ExperimentSpec spec) {
    return vocabulary == null && ModelFamilies.of(spec).readsSymbols();
  }
}
