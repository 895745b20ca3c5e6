// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.TranslationModelSpec;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Graph;

/** The export of a translation model: its signatures, and its pieces as readable files. */
final class TranslationExport {
  // keys of the guide
  static final String SOURCE = "source";
  static final String TARGET = "target";
  static final String SUBWORDS = TranslationRun.SUBWORDS;
  static final String SHA256 = "sha256";
  static final String SEARCH = "search";
  static final String BEAMS = "beams";

  private TranslationExport() {}

  /** Builds a model and its signatures, with equal ops in every graph. */
  static List<ServingSignature> build(ParameterStore store, TranslationModelSpec spec) {
    return TranslationSignatures.build(
        store.root(), SpecTranslation.model(store.root(), spec), spec.beam());
  }

  /**
   * Prepares an export.
   *
   * @param name the name under which the model is served
   * @param values the values of all parameters, by name
   * @param references the cases of {@link TranslationReferences}
   * @param base the folder below which {@code <name>/<version>} is created
   */
  static ExportRequest request(
      String name,
      TranslationModelSpec spec,
      Subwords subwords,
      String source,
      String target,
      Map<String, float[]> values,
      List<ReferenceCase> references,
      Path base) {
    return new ExportRequest(
            name,
            ExportRequest.GENERATED,
            store -> build(store, spec),
            values,
            references,
            base.resolve(name))
        .withGuide(guide(spec, subwords, source, target));
  }

  private static ModelGuide guide(
      TranslationModelSpec spec, Subwords subwords, String source, String target) {
    JsonObject pieces = new JsonObject();
    JsonArray files = new JsonArray();
    subwords.files().keySet().forEach(name -> files.add(ModelGuide.path(name)));
    pieces.add("files", files);
    pieces.addProperty("size", subwords.size());
    pieces.addProperty(SHA256, subwords.sha256());
    pieces.addProperty("pad", Subwords.PAD);
    pieces.addProperty("start", Subwords.START);
    pieces.addProperty("end", Subwords.END);
    pieces.addProperty("unknown", Subwords.UNKNOWN);
    JsonObject state = new JsonObject();
    try (Graph graph = new Graph()) {
      TranslationModel model =
          SpecTranslation.model(ParameterStore.forInference(graph).root(), spec);
      for (StatePart part : model.stateParts()) {
        state.addProperty(TranslationSignatures.stateName(part), part.size());
      }
    }
    JsonObject beam = new JsonObject();
    beam.addProperty(BEAMS, spec.beam().beams());
    beam.addProperty("alpha", spec.beam().alpha());
    beam.addProperty("beta", spec.beam().beta());
    beam.addProperty("lengthFactor", spec.beam().lengthFactor());
    JsonObject json = new JsonObject();
    json.addProperty(SOURCE, source);
    json.addProperty(TARGET, target);
    json.addProperty("modelPieces", spec.pieces());
    json.add(SUBWORDS, pieces);
    json.add(SEARCH, beam);
    json.add("state", state);
    return new ModelGuide(json, subwords.files());
  }
}
