package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.hyper.Arrays4.assertClose;
import static org.hypernet4j.hyper.Arrays4.assertGradient;
import static org.hypernet4j.hyper.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.unroll.StaticUnroll;
import org.hypernet4j.unroll.Unrolled;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The HyperRNN in both forms, and the basic RNN in it, against {@link PlainCells}; gradients
 * against finite differences of that calculation. No public code has a HyperRNN.
 */
class HyperRnnTest {
  private static final int INPUT = 2;
  private static final int UNITS = 3;
  private static final int HYPER_UNITS = 4;
  private static final int EMBEDDING = 2;
  private static final int STEPS = 3;

  private static final double[][] XS = {{0.5, -1.0}, {0.25, 0.75}, {-0.6, 0.1}};

  /** The output of every step, one after another. */
  private interface Plain {
    double[][] step(PlainCells cells, double[] x, double[] h, double[] hhat);
  }

  private static double[] outputs(Map<String, double[]> parameters, Plain plain) {
    PlainCells cells = new PlainCells(parameters);
    double[] h = {0.1, -0.2, 0.3};
    double[] hhat = {0.05, 0.1, -0.15, 0.2};
    double[] all = new double[STEPS * UNITS];
    for (int t = 0; t < STEPS; t++) {
      double[][] next = plain.step(cells, XS[t], h, hhat);
      h = next[0];
      hhat = next[1];
      System.arraycopy(h, 0, all, t * UNITS, UNITS);
    }
    return all;
  }

  private static double loss(Map<String, double[]> parameters, Plain plain) {
    double sum = 0;
    double[] out = outputs(parameters, plain);
    for (int i = 0; i < out.length; i++) {
      sum += out[i] * weight(i);
    }
    return sum;
  }

  private static double weight(int i) {
    return Math.sin(i + 1);
  }

  @Test
  void scalingForm() {
    check(
        scope ->
            new HyperRnnCell<>(
                scope,
                INPUT,
                UNITS,
                EMBEDDING,
                (inner, size) -> new BasicRnnCell(inner, size, HYPER_UNITS)),
        PlainCells::hyperScaling);
  }

  @Test
  void fullForm() {
    check(
        scope ->
            new HyperRnnFullCell<>(
                scope,
                INPUT,
                UNITS,
                EMBEDDING,
                (inner, size) -> new BasicRnnCell(inner, size, HYPER_UNITS)),
        PlainCells::hyperFull);
  }

  private static <S> void check(Function<ParameterScope, RnnCell<S>> make, Plain plain) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      RnnCell<S> cell = make.apply(store.root().child("cell"));
      Ops tf = store.root().child("test").tf();
      List<Operand<TFloat32>> xs = new ArrayList<>();
      for (double[] x : XS) {
        xs.add(tf.constant(new float[][] {{(float) x[0], (float) x[1]}}));
      }
      S initial =
          cell.stateLayout()
              .state(
                  List.of(
                      tf.constant(new float[][] {{0.1f, -0.2f, 0.3f}}),
                      tf.constant(new float[][] {{0.05f, 0.1f, -0.15f, 0.2f}})));
      Unrolled<S> unrolled = StaticUnroll.run(tf, cell, xs, initial);
      Operand<TFloat32> out = tf.concat(unrolled.outputs(), tf.constant(1));
      float[] weights = new float[STEPS * UNITS];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) weight(i);
      }
      Operand<TFloat32> r =
          tf.constant(Shape.of(1, weights.length), DataBuffers.of(weights, true, false));
      Operand<TFloat32> loss = tf.reduceSum(tf.math.mul(out, r), tf.constant(new int[] {0, 1}));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      assertThat(gradients.keySet()).containsExactlyInAnyOrderElementsOf(store.model());
      store.initialize(session);
      Random random = new Random(9);
      Map<String, float[]> values = new LinkedHashMap<>();
      Map<String, double[]> exact = new LinkedHashMap<>();
      for (Parameter parameter : store.all()) {
        float[] flat = new float[(int) parameter.size()];
        for (int i = 0; i < flat.length; i++) {
          flat[i] = (float) random.nextGaussian() / 2;
        }
        values.put(parameter.name(), flat);
        exact.put(parameter.name().substring("cell/".length()), toDoubles(flat));
      }
      ParameterValues.assign(session, store, values);

      Session.Runner runner = session.runner().fetch(out);
      gradients.values().forEach(runner::fetch);
      try (Result result = runner.run()) {
        assertClose("outputs", flat(result, 0), outputs(exact, plain), 1e-6);
        int i = 1;
        for (Parameter parameter : gradients.keySet()) {
          String name = parameter.name().substring("cell/".length());
          assertGradient(name, flat(result, i++), finiteDifferences(exact, name, plain), 1e-4);
        }
      }
    }
  }

  private static double[] finiteDifferences(
      Map<String, double[]> parameters, String name, Plain plain) {
    double[] values = Objects.requireNonNull(parameters.get(name));
    double[] gradient = new double[values.length];
    double step = 1e-5;
    for (int i = 0; i < values.length; i++) {
      double old = values[i];
      values[i] = old + step;
      double above = loss(parameters, plain);
      values[i] = old - step;
      double below = loss(parameters, plain);
      values[i] = old;
      gradient[i] = (above - below) / (2 * step);
    }
    return gradient;
  }

  private static float[] flat(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
