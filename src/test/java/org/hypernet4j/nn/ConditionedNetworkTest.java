// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.ConditionalSource;
import org.hypernet4j.hyper.CoordinateKernels;
import org.hypernet4j.hyper.DctKernels;
import org.hypernet4j.hyper.EmbeddedKernels;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.LowRankHeads;
import org.hypernet4j.hyper.MlpGenerator;
import org.hypernet4j.hyper.SeparateNetworks;
import org.hypernet4j.hyper.SharedNetwork;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.TemplatedKernels;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.hyper.WeightTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** One network with weights from every source, and hypernetworks with other parameters. */
class ConditionedNetworkTest {
  private static final int N_C = 2;
  private static final TargetNetwork NET =
      TargetNetwork.of(
          WeightTable.empty().dense("hidden", 3, 6).dense("output", 6, 3),
          (tf, w, x) -> w.dense(tf, "output", tf.math.tanh(w.dense(tf, "hidden", x))));

  static Stream<ConditionalSource> designs() {
    TargetVariance target = TargetVariance.KAIMING_IN;
    KernelShape basic = KernelShape.dense(3, 3);
    return Stream.of(
        EmbeddedKernels.normal(TwoLayerLinearGenerator.Settings.paper(basic, 4), target),
        EmbeddedKernels.normal(new MlpGenerator.Settings(basic, 4, List.of(5), 1), target),
        new TemplatedKernels(2, target),
        new ChunkedKernels(5, 2, List.of(4), target),
        new CoordinateKernels(List.of(4), 1, target),
        new DctKernels(0.5, target),
        HeadKernels.of(List.of(4), target),
        HeadKernels.aroundOne(List.of(4)),
        new SeparateNetworks(),
        new SharedNetwork());
  }

  /**
   * Parameters plus their own values, given as tensors, are twice the parameters: the same network
   * as after the parameters were doubled.
   */
  @ParameterizedTest
  @MethodSource("designs")
  void generateWithOtherValuesOfTheParameters(ConditionalSource design) {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      ConditionedNetwork made = new ConditionedNetwork(test.store.root(), NET, design, N_C);
      Condition condition = Condition.of(tf.constant(new float[][] {{1, -1}, {0.5f, 2}}));
      Operand<TFloat32> x = tf.constant(new float[][] {{1, 2, 3}, {-1, 0, 1}});
      Map<Parameter, Operand<TFloat32>> twice = new LinkedHashMap<>();
      for (Parameter parameter : test.store.trainables()) {
        twice.put(parameter, tf.math.add(parameter.value(), parameter.value()));
      }
      Operand<TFloat32> now = made.apply(tf, condition, x);
      Operand<TFloat32> ahead = test.store.withValues(twice, () -> made.apply(tf, condition, x));
      test.store.initialize(test.session);
      float[] expected = doubled(test, now);
      Fetched before = Fetched.of(test.session, Map.of("now", now, "ahead", ahead));
      assertThat(before.get("now")).isNotEqualTo(before.get("ahead"));
      assertClose("ahead", before.get("ahead"), toDoubles(expected), 1e-4);
    }
  }

  /** The output after all parameters were doubled; puts them back. */
  private static float[] doubled(TestGraph test, Operand<TFloat32> output) {
    Map<String, float[]> old = ParameterValues.read(test.session, test.store.all());
    Map<String, float[]> more = new LinkedHashMap<>();
    old.forEach(
        (name, values) -> {
          float[] twice = values.clone();
          for (int i = 0; i < twice.length; i++) {
            twice[i] *= 2;
          }
          more.put(name, twice);
        });
    ParameterValues.assign(test.session, test.store, more);
    float[] result = test.fetch(output);
    ParameterValues.assign(test.session, test.store, old);
    return result;
  }

  /**
   * The same weights as parameters, as constants, generated (separate networks, chosen by a one-hot
   * condition), generated for each example, and as a base with a change that is still zero.
   */
  @Test
  void oneNetworkTakesItsWeightsFromFourSources() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Operand<TFloat32> x = tf.constant(new float[][] {{1, 2, 3}, {-1, 0, 1}});
      ConditionedNetwork separate =
          new ConditionedNetwork(test.store.root(), NET, new SeparateNetworks(), N_C);
      Operand<TFloat32> second = tf.constant(new float[] {0, 1});
      Weights generated = separate.weights(tf, Condition.of(second));
      LowRankHeads heads =
          new LowRankHeads(
              test.store.root().child("adapters"),
              new LowRankHeads.Settings(2, 1, 2, List.of(4)),
              NET.weights(),
              List.of("hidden/kernel", "output/kernel"),
              N_C);
      Weights adapted = generated.changed(heads.generate(tf, Condition.of(second)));
      Weights parameters = Weights.parameters(test.store.root().child("plain"), NET.weights());
      test.store.initialize(test.session);
      Fetched values = Fetched.of(test.session, generated.tensors(tf));
      Map<String, float[]> plain = new LinkedHashMap<>();
      values.values().forEach((name, value) -> plain.put("plain/" + name, value));
      Map<String, float[]> all = ParameterValues.read(test.session, test.store.all());
      all.putAll(plain);
      ParameterValues.assign(test.session, test.store, all);

      Condition each = Condition.of(tf.constant(new float[][] {{0, 1}, {0, 1}}));
      List<float[]> y =
          test.fetch(
              List.of(
                  NET.apply(tf, parameters, x),
                  NET.apply(tf, generated, x),
                  NET.apply(tf, adapted, x),
                  separate.apply(tf, each, x),
                  separate.apply(tf, Condition.of(tf.constant(new float[] {1, 0})), x)));
      // weights are equal to the last bit; TensorFlow may sum a layer that it fuses in another
      // order
      for (int source = 1; source < 4; source++) {
        assertClose("source " + source, y.get(source), toDoubles(y.get(0)), 2e-6);
      }
      Fetched weights = Fetched.of(test.session, adapted.tensors(tf));
      values
          .values()
          .forEach((name, value) -> assertThat(weights.get(name)).containsExactly(value));
      assertThat(y.get(4)).isNotEqualTo(y.get(0));
    }
  }
}
