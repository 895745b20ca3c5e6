// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.LanguageModelSpec;
import org.tensorflow.Graph;

/** The export of a language model: its signatures, and the vocabulary as a readable file. */
public final class LanguageModelExport {
  /** The vocabulary's file, beside the manifest. */
  public static final String VOCABULARY = "vocabulary.json";

  private LanguageModelExport() {}

  /** Builds a language model and its signatures, with equal ops in every graph. */
  public static List<ServingSignature> build(
      ParameterStore store, LanguageModelSpec spec, Vocabulary vocabulary) {
    return LanguageModelSignatures.build(
        store.root(), SpecModels.languageModel(store.root(), spec), vocabulary);
  }

  /**
   * Prepares an export.
   *
   * @param name the name under which the model is served
   * @param values the values of all parameters, by name
   * @param references the cases of {@link LanguageModelReferences}
   * @param base the folder below which {@code <name>/<version>} is created
   */
  public static ExportRequest request(
      String name,
      LanguageModelSpec spec,
      Vocabulary vocabulary,
      Map<String, float[]> values,
      List<ReferenceCase> references,
      Path base) {
    if (vocabulary.size() > spec.symbols()) {
      throw UserError.in("model.symbols")
          .what("the model has fewer symbols than the vocabulary")
          .expected("at least " + vocabulary.size())
          .received(spec.symbols())
          .build();
    }
    return new ExportRequest(
            name,
            ExportRequest.GENERATED,
            store -> build(store, spec, vocabulary),
            values,
            references,
            base.resolve(name))
        .withGuide(guide(spec, vocabulary));
  }

  /**
   * The symbols of an exported model, from the file beside its manifest.
   *
   * @throws UserError if there is no such file, or it is no vocabulary
   */
  static Vocabulary vocabulary(LoadedModel model) {
    String text = model.file(VOCABULARY);
    Path file = model.folder().resolve(ModelGuide.path(VOCABULARY));
    try {
      return Vocabulary.fromJson(JsonParser.parseString(text), file.toString());
    } catch (JsonParseException e) {
      throw UserError.in(file).what("not JSON").received(e.getMessage()).cause(e).build();
    }
  }

  private static ModelGuide guide(LanguageModelSpec spec, Vocabulary vocabulary) {
    JsonObject symbols = new JsonObject();
    symbols.addProperty("file", ModelGuide.path(VOCABULARY));
    symbols.addProperty("kind", vocabulary.toJson().get("kind").getAsString());
    symbols.addProperty("size", vocabulary.size());
    symbols.addProperty("emptyPrompt", TextGenerator.startOf(vocabulary));
    JsonObject state = new JsonObject();
    try (Graph graph = new Graph()) {
      for (StatePart part :
          SpecModels.languageModel(ParameterStore.forInference(graph).root(), spec).stateParts()) {
        state.addProperty(LanguageModelSignatures.stateName(part), part.size());
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty("symbols", spec.symbols());
    json.add("vocabulary", symbols);
    json.add("state", state);
    return new ModelGuide(json, Map.of(VOCABULARY, vocabulary.toJson() + "\n"));
  }
}
