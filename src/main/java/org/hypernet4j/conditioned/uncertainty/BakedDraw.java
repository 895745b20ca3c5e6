// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.UncertaintySpec;
import org.hypernet4j.zoo.MlpNetwork;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** One of the networks as an ordinary one: images in; logits, probabilities and class out. */
final class BakedDraw {
  private final OpenedMember model;
  private final UncertaintySpec spec;
  private final boolean noise;
  private final int number;
  private final NpyArray choice;

  /**
   * Chooses the network.
   *
   * @param condition the number of a network in a list; or a seed, for the first draw of it
   */
  BakedDraw(OpenedMember model, String condition) {
    this.model = model;
    spec = Uncertainty.spec(model.spec().model());
    noise = UncertaintyModel.hasNoise(spec.method());
    number =
        ConditionWords.index(
            condition, noise ? Integer.MAX_VALUE : UncertaintyModel.count(spec.method()));
    choice = noise ? Predictor.noise(number, 0, 1, spec) : NpyArray.of(new int[] {number}, 1);
  }

  BakedMember baked() {
    MlpNetwork network = UncertaintyModel.network(spec);
    Map<String, NpyArray> made =
        model.call(
            UncertaintyModel.WEIGHTS,
            Map.of(noise ? UncertaintyModel.NOISE : UncertaintyModel.MEMBER, choice));
    Map<String, float[]> values = new LinkedHashMap<>();
    network
        .weights()
        .shapes()
        .keySet()
        .forEach(
            name ->
                values.put(
                    name,
                    Objects.requireNonNull(made.get(UncertaintyModel.alias(name)), name).floats()));
    return new BakedMember(
        (noise ? "seed-" : "member-") + number,
        store -> build(store, network),
        values,
        references());
  }

  private static List<ServingSignature> build(ParameterStore store, MlpNetwork network) {
    Weights weights = Weights.parameters(store.root(), network.weights());
    Ops tf = store.root().child("inference").tf();
    long side = UncertaintySpec.IMAGE_SIZE;
    Operand<TFloat32> image =
        tf.withName(UncertaintyModel.IMAGE)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, side, side, 1)));
    Operand<TFloat32> logits = network.apply(tf, weights, UncertaintyModel.flat(tf, image));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(UncertaintyModel.LOGITS, logits);
    outputs.put(PredictionOps.PROBABILITIES, tf.nn.softmax(logits));
    outputs.put(PredictionOps.CLASS, tf.math.argMax(logits, tf.constant(1)));
    return List.of(
        new ServingSignature(
            ServingSignature.DEFAULT_KEY, Map.of(UncertaintyModel.IMAGE, image), outputs));
  }

  /** What the network says within the family. */
  private List<ReferenceCase> references() {
    List<ReferenceCase> cases = new ArrayList<>();
    for (NpyArray images : Uncertainty.referenceImages(null, model.spec())) {
      Map<String, NpyArray> inputs = new LinkedHashMap<>();
      inputs.put(UncertaintyModel.IMAGE, images);
      if (noise) {
        inputs.put(UncertaintyModel.NOISE, choice);
      }
      float[] all = model.call(UncertaintyModel.DRAWS, inputs, UncertaintyModel.LOGITS);
      int count = (int) images.shape()[0];
      int classes = UncertaintySpec.CLASSES;
      float[] logits = new float[count * classes];
      System.arraycopy(all, noise ? 0 : number * logits.length, logits, 0, logits.length);
      cases.add(reference(images, logits, count, classes));
    }
    return cases;
  }

  private static ReferenceCase reference(NpyArray images, float[] logits, int count, int classes) {
    float[] probabilities = new float[logits.length];
    long[] best = new long[count];
    for (int i = 0; i < count; i++) {
      int first = i * classes;
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        best[i] = logits[first + c] > logits[first + (int) best[i]] ? c : best[i];
      }
      for (int c = 0; c < classes; c++) {
        sum += Math.exp((double) logits[first + c] - logits[first + (int) best[i]]);
      }
      for (int c = 0; c < classes; c++) {
        probabilities[first + c] =
            (float) (Math.exp((double) logits[first + c] - logits[first + (int) best[i]]) / sum);
      }
    }
    return new ReferenceCase(
        ServingSignature.DEFAULT_KEY,
        Map.of(UncertaintyModel.IMAGE, images),
        Map.of(
            UncertaintyModel.LOGITS,
            NpyArray.of(logits, count, classes),
            PredictionOps.PROBABILITIES,
            NpyArray.of(probabilities, count, classes),
            PredictionOps.CLASS,
            NpyArray.of(best, count)));
  }
}
