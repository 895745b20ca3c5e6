// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Holds a source of kernels against its equation written out in plain double: kernels, the gradient
 * of every parameter against finite differences of that calculation, names, shapes and the number
 * of parameters.
 */
final class GeneratorCheck {
  private static final double STEP = 1e-5;

  private GeneratorCheck() {}

  /**
   * Checks a source with random parameters.
   *
   * @param equation from parameters by name to kernels by name, row-major
   */
  static void check(
      KernelSource source,
      Map<String, KernelShape> table,
      Function<Map<String, double[]>, Map<String, double[]>> equation) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 7L);
      Map<String, Operand<TFloat32>> kernels = source.build(store.root(), table);
      assertThat(kernels.keySet()).containsExactlyElementsOf(table.keySet());
      kernels.forEach(
          (name, kernel) ->
              assertThat(kernel.shape())
                  .isEqualTo(Objects.requireNonNull(table.get(name)).toShape()));
      assertThat(ParameterStore.count(store.model())).isEqualTo(source.parameterCount(table));
      assertThat(store.model())
          .allMatch(
              p ->
                  p.role()
                      == (p.name().startsWith("embeddings/") ? Role.EMBEDDING : Role.GENERATOR));

      Ops tf = store.root().child("test").tf();
      Random random = new Random(3);
      Map<String, float[]> weights = new LinkedHashMap<>();
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      Operand<TFloat32> loss = tf.constant(0f);
      for (Map.Entry<String, Operand<TFloat32>> kernel : kernels.entrySet()) {
        float[] r = random(random, (int) kernel.getValue().shape().size());
        weights.put(kernel.getKey(), r);
        fetches.put(kernel.getKey(), kernel.getValue());
        Operand<TFloat32> flat = tf.reshape(kernel.getValue(), tf.constant(new int[] {-1}));
        // squared, so that the gradient depends on the kernel's value too
        loss = tf.math.add(loss, Fetched.weightedSum(tf, tf.math.square(flat), tf.constant(r)));
      }
      for (Map.Entry<Parameter, Operand<TFloat32>> gradient :
          Gradients.of(loss, store.trainables()).entrySet()) {
        fetches.put("gradient/" + gradient.getKey().name(), gradient.getValue());
      }
      store.initialize(session);
      Map<String, float[]> values = new LinkedHashMap<>();
      Map<String, double[]> exact = new LinkedHashMap<>();
      for (Parameter parameter : store.all()) {
        float[] value = random(random, (int) parameter.size());
        values.put(parameter.name(), value);
        exact.put(parameter.name(), toDoubles(value));
      }
      ParameterValues.assign(session, store, values);

      Fetched actual = Fetched.of(session, fetches);
      equation
          .apply(exact)
          .forEach((name, kernel) -> assertClose(name, actual.get(name), kernel, 1e-5));
      for (String name : values.keySet()) {
        assertGradient(
            name,
            actual.get("gradient/" + name),
            finiteDifferences(exact, Objects.requireNonNull(exact.get(name)), equation, weights),
            1e-4);
      }
    }
  }

  private static double[] finiteDifferences(
      Map<String, double[]> parameters,
      double[] values,
      Function<Map<String, double[]>, Map<String, double[]>> equation,
      Map<String, float[]> weights) {
    double[] gradient = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double old = values[i];
      values[i] = old + STEP;
      double above = loss(equation.apply(parameters), weights);
      values[i] = old - STEP;
      double below = loss(equation.apply(parameters), weights);
      values[i] = old;
      gradient[i] = (above - below) / (2 * STEP);
    }
    return gradient;
  }

  private static double loss(Map<String, double[]> kernels, Map<String, float[]> weights) {
    double sum = 0;
    for (Map.Entry<String, double[]> entry : kernels.entrySet()) {
      double[] kernel = entry.getValue();
      float[] r = Objects.requireNonNull(weights.get(entry.getKey()));
      for (int i = 0; i < kernel.length; i++) {
        sum += kernel[i] * kernel[i] * r[i];
      }
    }
    return sum;
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return values;
  }
}
