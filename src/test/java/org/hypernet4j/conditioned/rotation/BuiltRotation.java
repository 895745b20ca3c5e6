// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.fixtures.Arrays4;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.StepInputs;

/** The training of a small network for turned images, in a graph, with random parameters. */
final class BuiltRotation implements AutoCloseable {
  static final int PIXELS = 28 * 28;
  static final int CLASSES = 10;

  final TestGraph test = new TestGraph(3);
  final ExperimentSpec spec;
  final RotationTask.Parts parts;
  final RotatedNetwork network;
  final Functions functions;
  final Random random = new Random(11);

  /** Every parameter as it is in the session. */
  final Map<String, double[]> parameters = new LinkedHashMap<>();

  BuiltRotation(String graph, String... overrides) {
    spec = spec(graph, overrides);
    RotationMember member = graph.startsWith("zero") ? new ZeroShot() : new Adapters();
    parts = RotationTask.define(spec, member, Map.of(), test.store, StepInputs.whole(test.store));
    network = parts.network();
    functions = parts.functions();
    test.store.initialize(test.session);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : test.store.all()) {
      float[] value = new float[(int) parameter.size()];
      // small for many pixels, so that the logits are of the order of one
      double scale = parameter.name().contains("0/kernel") ? 0.05 : 0.4;
      for (int i = 0; i < value.length; i++) {
        value[i] = (float) (scale * random.nextGaussian());
      }
      values.put(parameter.name(), value);
      parameters.put(parameter.name(), Arrays4.toDoubles(value));
    }
    ParameterValues.assign(test.session, test.store, values);
  }

  static ExperimentSpec spec(String graph, String... overrides) {
    List<String> all = new ArrayList<>(List.of("model.network={\"type\":\"mlp\",\"hidden\":[4]}"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", graph + ".json"), all);
  }

  double[] parameter(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  float[] images(int count) {
    float[] images = new float[count * PIXELS];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextInt(4) == 0 ? random.nextFloat() : 0;
    }
    return images;
  }

  static NpyArray array(float[] images) {
    return NpyArray.of(images, images.length / PIXELS, 28, 28, 1);
  }

  /** The logits of images for one descriptor. */
  float[] one(float[] images, float cosine, float sine) {
    return output(
        RotationFunctions.ONE,
        Map.of("image", array(images), "descriptor", NpyArray.of(new float[] {cosine, sine}, 2)),
        "logits");
  }

  float[] output(String function, Map<String, NpyArray> inputs, String name) {
    return Objects.requireNonNull(functions.call(test.session, function, inputs).get(name))
        .floats();
  }

  Map<String, NpyArray> serve(float[] images, float... descriptors) {
    return functions.call(
        test.session,
        "serving_default",
        Map.of(
            "image", array(images),
            "descriptor", NpyArray.of(descriptors, descriptors.length / 2, 2)));
  }

  @Override
  public void close() {
    test.close();
  }
}
