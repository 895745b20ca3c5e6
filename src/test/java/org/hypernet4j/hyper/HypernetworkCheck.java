// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Holds a design of hypernetworks against its equation written out in plain double, for one
 * condition and for rows of them, both made by one hypernetwork in one graph: weights, the
 * gradients of every parameter and of both conditions against finite differences of that
 * calculation, names, roles, shapes and the number of parameters.
 */
final class HypernetworkCheck {
  private static final double STEP = 1e-5;
  private static final int ROWS = 2;

  private HypernetworkCheck() {}

  /** The weights for one condition by the equation. */
  interface Equation {
    /**
     * Calculates.
     *
     * @param parameters by name
     * @param condition N_c numbers
     * @return weights by name, row-major
     */
    Map<String, double[]> apply(Map<String, double[]> parameters, double[] condition);
  }

  /** Checks a design with random parameters and conditions. */
  static void check(
      ConditionalSource design, WeightTable table, int conditionSize, Equation equation) {
    try (TestGraph test = new TestGraph(7L)) {
      ParameterStore store = test.store;
      Ops tf = test.tf;
      Hypernetwork hypernetwork = design.conditioned(store.root(), table, conditionSize);
      assertThat(hypernetwork.conditionSize()).isEqualTo(conditionSize);
      assertThat(hypernetwork.table()).isSameAs(table);
      assertThat(ParameterStore.count(store.model()))
          .isEqualTo(design.parameterCount(table, conditionSize));
      assertThat(store.model()).allSatisfy(HypernetworkCheck::requireRole);

      Random random = new Random(3);
      float[] one = random(random, conditionSize);
      float[] several = random(random, ROWS * conditionSize);
      Operand<TFloat32> oneTensor = tf.constant(one);
      Operand<TFloat32> severalTensor =
          tf.constant(Shape.of(ROWS, conditionSize), DataBuffers.of(several, true, false));
      Map<String, Operand<TFloat32>> weights = new LinkedHashMap<>();
      hypernetwork
          .generate(tf, Condition.of(oneTensor))
          .forEach((name, weight) -> weights.put("one/" + name, weight));
      hypernetwork
          .generate(tf, Condition.of(severalTensor))
          .forEach((name, weight) -> weights.put("rows/" + name, weight));
      assertShapes(table, weights);

      Map<String, float[]> factors = new LinkedHashMap<>();
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>(weights);
      Operand<TFloat32> loss = tf.constant(0f);
      for (Map.Entry<String, Operand<TFloat32>> weight : weights.entrySet()) {
        float[] r = random(random, (int) weight.getValue().shape().size());
        factors.put(weight.getKey(), r);
        Operand<TFloat32> flat = tf.reshape(weight.getValue(), tf.constant(new int[] {-1}));
        // squared, so that the gradient depends on the weight's value too
        loss = tf.math.add(loss, Fetched.weightedSum(tf, tf.math.square(flat), tf.constant(r)));
      }
      for (Map.Entry<Parameter, Operand<TFloat32>> gradient :
          Gradients.of(loss, store.trainables()).entrySet()) {
        fetches.put("gradient/" + gradient.getKey().name(), gradient.getValue());
      }
      List<Operand<TFloat32>> byConditions =
          Gradients.byTensors(loss, List.of(oneTensor, severalTensor));
      fetches.put("gradient/one", byConditions.get(0));
      fetches.put("gradient/several", byConditions.get(1));

      store.initialize(test.session);
      Map<String, float[]> values = new LinkedHashMap<>();
      Map<String, double[]> exact = new LinkedHashMap<>();
      for (Parameter parameter : store.all()) {
        float[] value = random(random, (int) parameter.size());
        values.put(parameter.name(), value);
        exact.put(parameter.name(), toDoubles(value));
      }
      ParameterValues.assign(test.session, store, values);
      Fetched actual = Fetched.of(test.session, fetches);

      double[] exactOne = toDoubles(one);
      double[] exactSeveral = toDoubles(several);
      Calculation calculation =
          new Calculation(equation, exact, exactOne, exactSeveral, conditionSize);
      calculation
          .weights()
          .forEach((name, weight) -> assertClose(name, actual.get(name), weight, 1e-5));
      exact.forEach(
          (name, value) ->
              assertGradient(
                  name, actual.get("gradient/" + name), calculation.slope(value, factors), 1e-4));
      assertGradient(
          "one condition", actual.get("gradient/one"), calculation.slope(exactOne, factors), 1e-4);
      assertGradient(
          "conditions",
          actual.get("gradient/several"),
          calculation.slope(exactSeveral, factors),
          1e-4);
    }
  }

  private static void requireRole(Parameter parameter) {
    String name = parameter.name();
    if (name.startsWith("generator/")) {
      assertThat(parameter.role()).isEqualTo(Role.GENERATOR);
    } else if (name.startsWith("embeddings/")) {
      assertThat(parameter.role()).isEqualTo(Role.EMBEDDING);
    } else {
      assertThat(name).startsWith("networks/");
    }
  }

  /** The table's names twice in network order, each weight with its shape, the latter with rows. */
  private static void assertShapes(WeightTable table, Map<String, Operand<TFloat32>> weights) {
    List<String> names = new ArrayList<>();
    table.shapes().keySet().forEach(name -> names.add("one/" + name));
    table.shapes().keySet().forEach(name -> names.add("rows/" + name));
    assertThat(weights.keySet()).containsExactlyElementsOf(names);
    table
        .shapes()
        .forEach(
            (name, weight) -> {
              long[] own = weight.shape().asArray();
              assertThat(get(weights, "one/" + name).shape().asArray()).containsExactly(own);
              assertThat(get(weights, "rows/" + name).shape().asArray())
                  .containsExactly(
                      LongStream.concat(LongStream.of(ROWS), LongStream.of(own)).toArray());
            });
  }

  private static <T> T get(Map<String, T> map, String name) {
    return Objects.requireNonNull(map.get(name), name);
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Calculation(
      Equation equation,
      Map<String, double[]> parameters,
      double[] one,
      double[] several,
      int size) {
    Map<String, double[]> weights() {
      Map<String, double[]> weights = new LinkedHashMap<>();
      equation.apply(parameters, one).forEach((name, value) -> weights.put("one/" + name, value));
      for (int row = 0; row < ROWS; row++) {
        int from = row;
        equation
            .apply(parameters, Arrays.copyOfRange(several, row * size, (row + 1) * size))
            .forEach(
                (name, value) ->
                    System.arraycopy(
                        value,
                        0,
                        weights.computeIfAbsent(
                            "rows/" + name, key -> new double[ROWS * value.length]),
                        from * value.length,
                        value.length));
      }
      return weights;
    }

    double[] slope(double[] by, Map<String, float[]> factors) {
      double[] gradient = new double[by.length];
      for (int i = 0; i < by.length; i++) {
        double old = by[i];
        by[i] = old + STEP;
        double above = loss(factors);
        by[i] = old - STEP;
        gradient[i] = (above - loss(factors)) / (2 * STEP);
        by[i] = old;
      }
      return gradient;
    }

    private double loss(Map<String, float[]> factors) {
      double sum = 0;
      for (Map.Entry<String, double[]> entry : weights().entrySet()) {
        float[] r = get(factors, entry.getKey());
        double[] weight = entry.getValue();
        for (int i = 0; i < weight.length; i++) {
          sum += weight[i] * weight[i] * r[i];
        }
      }
      return sum;
    }
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return values;
  }
}
