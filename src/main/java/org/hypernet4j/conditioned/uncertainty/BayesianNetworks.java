// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.CouplingFlow;
import org.hypernet4j.spec.UncertaintyMethodSpec;
import org.hypernet4j.spec.UncertaintySpec;
import org.hypernet4j.zoo.ScaledMlp;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Bayesian hypernetwork: noise through a flow gives scale factors g, and the bound on the
 * evidence is maximised,
 *
 * <pre>
 * loss = cross entropy + klWeight (log q(g) - log p(g)) / N      one draw a step
 * </pre>
 *
 * <p>Parameters: {@code network/dense<l>/...} and {@code flow/...}.
 */
final class BayesianNetworks implements NoiseNetworks {
  private final UncertaintyMethodSpec.Bayesian spec;
  private final ScaledMlp network;
  private final CouplingFlow flow;

  BayesianNetworks(
      ParameterScope scope, UncertaintySpec model, UncertaintyMethodSpec.Bayesian spec) {
    this.spec = spec;
    network =
        new ScaledMlp(
            scope.child("network"),
            UncertaintyModel.PIXELS,
            model.hidden(),
            UncertaintySpec.CLASSES,
            spec.shifts());
    flow =
        new CouplingFlow(
            scope.child("flow"),
            new CouplingFlow.Settings(
                network.size(),
                spec.couplings(),
                spec.couplingUnits(),
                network.values((float) spec.priorMean()),
                spec.startStddev()));
  }

  @Override
  public int count() {
    return spec.draws();
  }

  @Override
  public int noiseSize() {
    return flow.size();
  }

  @Override
  public int together() {
    return 0;
  }

  @Override
  public Training training(Ops tf, Operand<TFloat32> x, Step step) {
    Operand<TFloat32> noise =
        Condition.noise(tf, 1, noiseSize(), step.seed(), "noise", step.number()).value();
    CouplingFlow.Drawn drawn = flow.apply(tf, noise);
    Operand<TFloat32> mean =
        network.values((float) spec.priorMean()).call(tf, Shape.of(noiseSize()), 0);
    Operand<TFloat32> kl =
        tf.math.mean(
            CouplingFlow.divergence(tf, noise, drawn, mean, spec.priorStddev()), tf.constant(0));
    Operand<TFloat32> weight = tf.constant((float) (spec.klWeight() / step.trainImages()));
    return new Training(
        network.apply(tf, x, drawn.values()),
        List.of(tf.math.mul(kl, weight)),
        Map.of("kl", kl),
        List.of(),
        1);
  }

  @Override
  public Operand<TFloat32> all(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z) {
    return network.apply(tf, x, flow.apply(tf, z).values());
  }

  @Override
  public Operand<TFloat32> each(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z) {
    Operand<TFloat32> rows = tf.reshape(z, tf.constant(new long[] {-1, noiseSize()}));
    return network.applyEach(tf, x, tf.reshape(flow.apply(tf, rows).values(), tf.shape(z)));
  }

  @Override
  public Map<String, Operand<TFloat32>> weights(Ops tf, Operand<TFloat32> z) {
    return network.weights(
        tf, tf.reshape(flow.apply(tf, z).values(), tf.constant(new long[] {noiseSize()})));
  }
}
