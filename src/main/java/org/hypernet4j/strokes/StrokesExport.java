// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.MixtureSampling;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.spec.TemperatureLawSpec;
import org.hypernet4j.zoo.StrokeModel;
import org.hypernet4j.zoo.StrokeSampleLoop;
import org.tensorflow.Graph;

/** The export of a model of strokes: its signatures, and a guide to its units and its state. */
final class StrokesExport {
  private StrokesExport() {}

  /** What a temperature multiplies. */
  static MixtureSampling.Law law(StrokesModelSpec spec) {
    return spec.temperatureLaw() == TemperatureLawSpec.SIGMA
        ? MixtureSampling.Law.SIGMA
        : MixtureSampling.Law.VARIANCE;
  }

  /** Builds a model and its signatures, with equal ops in every graph. */
  static List<ServingSignature> build(
      ParameterStore store, StrokesModelSpec spec, StrokeScaling scaling) {
    return StrokesSignatures.build(
        store.root(), SpecModels.strokeModel(store.root(), spec), law(spec), scaling);
  }

  /**
   * Prepares an export.
   *
   * @param name the name under which the model is served
   * @param values the values of all parameters, by name
   * @param references the cases of {@link StrokesReferences}
   * @param base the folder below which {@code <name>/<version>} is created
   */
  static ExportRequest request(
      String name,
      StrokesModelSpec spec,
      StrokeScaling scaling,
      Map<String, float[]> values,
      List<ReferenceCase> references,
      Path base) {
    return new ExportRequest(
            name,
            ExportRequest.GENERATED,
            store -> build(store, spec, scaling),
            values,
            references,
            base.resolve(name))
        .withGuide(guide(spec, scaling));
  }

  private static ModelGuide guide(StrokesModelSpec spec, StrokeScaling scaling) {
    JsonObject json = new JsonObject();
    JsonObject state = new JsonObject();
    try (Graph graph = new Graph()) {
      StrokeModel model = SpecModels.strokeModel(ParameterStore.forInference(graph).root(), spec);
      for (StatePart part : model.stateParts()) {
        state.addProperty(StrokesSignatures.stateName(part), part.size());
      }
    }
    json.addProperty(
        "points", "dx, dy, pen: 1 if the pen is lifted after the point; y points down");
    json.addProperty("pen", spec.pen().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.addProperty("mixtures", spec.mixtures());
    json.addProperty("sigmaFloor", spec.sigmaFloor());
    json.addProperty("correlationBound", spec.correlationBound());
    json.addProperty("densityEpsilon", spec.densityEpsilon());
    json.addProperty("temperatureLaw", spec.temperatureLaw().name().toLowerCase(Locale.ROOT));
    json.addProperty("mostPoints", StrokeSampleLoop.MOST);
    if (spec.latent() != null) {
      json.addProperty("latent", spec.latent().size());
    }
    json.add("scaling", scaling.toJson());
    json.add("state", state);
    return new ModelGuide(json, Map.of());
  }
}
