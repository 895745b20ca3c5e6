// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.internal.SharedSizes;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.UncertaintyMethodSpec;
import org.hypernet4j.spec.UncertaintySpec;
import org.hypernet4j.zoo.MlpNetwork;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * All weights from noise by any generator. Nothing in the cross entropy keeps two draws apart, so
 * the generator comes to ignore the noise; the {@linkplain Diversity diversity term} does.
 */
final class ImplicitNetworks implements NoiseNetworks {
  private final UncertaintyMethodSpec.Implicit spec;
  private final MlpNetwork network;
  private final ConditionedNetwork conditioned;

  ImplicitNetworks(
      ParameterScope scope, UncertaintySpec model, UncertaintyMethodSpec.Implicit spec) {
    this.spec = spec;
    network = UncertaintyModel.network(model);
    conditioned = SpecNetworks.conditioned(scope, network, spec.generator(), spec.noiseSize());
  }

  @Override
  public int count() {
    return spec.draws();
  }

  @Override
  public int noiseSize() {
    return spec.noiseSize();
  }

  /** One at a time: each has all weights of a network. */
  @Override
  public int together() {
    return 1;
  }

  @Override
  public Training training(Ops tf, Operand<TFloat32> x, Step step) {
    boolean apart = spec.diversity() > 0;
    int rows = apart ? 2 : 1;
    Operand<TFloat32> z =
        Condition.noise(tf, rows, noiseSize(), step.seed(), "noise", step.number()).value();
    Weights weights = conditioned.weights(tf, Condition.of(z));
    Operand<TFloat32> logits = network.apply(tf, weights, repeated(tf, x, rows));
    List<Operand<TFloat32>> generated = UncertaintyModel.kernels(tf, weights);
    if (!apart) {
      return Training.of(logits, generated);
    }
    Operand<TFloat32> distance = Diversity.logDistance(tf, logits);
    float weight = (float) Diversity.weight(spec.diversity(), noiseSize(), step.trainImages());
    return new Training(
        logits,
        List.of(tf.math.mul(distance, tf.constant(-weight))),
        Map.of("logDistance", distance),
        generated,
        1);
  }

  /** The same images for every network: {@code [rows, n, pixels]}. */
  static Operand<TFloat32> repeated(Ops tf, Operand<TFloat32> x, int rows) {
    return tf.tile(tf.expandDims(x, tf.constant(0)), tf.constant(new int[] {rows, 1, 1}));
  }

  @Override
  public Operand<TFloat32> all(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z) {
    return network.apply(tf, conditioned.weights(tf, Condition.of(z)), repeated(tf, x, together()));
  }

  @Override
  public Operand<TFloat32> each(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z) {
    long draws = z.shape().get(1);
    return draws > 0 ? oneAfterAnother(tf, x, z, draws) : atOnce(tf, x, z);
  }

  /** A known number of draws, each begun when the one before is done, for the sake of memory. */
  private Operand<TFloat32> oneAfterAnother(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> z, long draws) {
    List<Operand<TFloat32>> done = new ArrayList<>();
    for (int r = 0; r < draws; r++) {
      Ops after = r == 0 ? tf : tf.withControlDependencyOps(done.get(r - 1).op());
      Operand<TFloat32> own = after.gather(z, after.constant(r), tf.constant(1));
      done.add(network.apply(tf, conditioned.weights(tf, Condition.of(own)), x));
    }
    return tf.stack(done, Stack.axis(1L));
  }

  private Operand<TFloat32> atOnce(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z) {
    Operand<TFloat32> noise =
        SharedSizes.require(
            tf,
            "implicit networks",
            "z",
            z,
            1,
            () -> tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
            x.shape().get(0),
            -1,
            noiseSize());
    Operand<TFloat32> places =
        tf.zerosLike(
            tf.slice(noise, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, -1, 1})));
    Operand<TFloat32> images =
        tf.reshape(
            tf.math.add(tf.expandDims(x, tf.constant(1)), places),
            tf.constant(new long[] {-1, network.inputs()}));
    Operand<TFloat32> rows = tf.reshape(noise, tf.constant(new long[] {-1, noiseSize()}));
    Operand<TFloat32> logits =
        network.apply(tf, conditioned.weights(tf, Condition.of(rows)), images);
    Operand<TInt32> leading =
        tf.slice(tf.shape(noise), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    return tf.reshape(
        logits,
        tf.concat(List.of(leading, tf.constant(new int[] {network.outputs()})), tf.constant(0)));
  }

  @Override
  public Map<String, Operand<TFloat32>> weights(Ops tf, Operand<TFloat32> z) {
    Map<String, Operand<TFloat32>> one = new LinkedHashMap<>();
    Map<String, Operand<TFloat32>> all = conditioned.weights(tf, Condition.of(z)).tensors(tf);
    network
        .weights()
        .shapes()
        .forEach(
            (name, weight) ->
                one.put(
                    name,
                    tf.reshape(
                        Objects.requireNonNull(all.get(name)),
                        tf.constant(weight.shape().asArray()))));
    return one;
  }
}
