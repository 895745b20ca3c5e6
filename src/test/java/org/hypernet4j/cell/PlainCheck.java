// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.StaticUnroll;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell over three steps, unrolled and in a loop, against a calculation in plain double
 * arithmetic: outputs as they are, gradients against finite differences of that calculation.
 */
public final class PlainCheck {
  private static final double[][] XS = {{0.5, -1.0}, {0.25, 0.75}, {-0.6, 0.1}};

  private PlainCheck() {}

  /** One step for one example; the names of parameters are those below the cell's scope. */
  public interface Plain {
    /** From the parts of a state to those of the next. */
    double[][] step(PlainCells cells, double[] x, double[][] state);
  }

  /**
   * Checks a cell with two inputs.
   *
   * @param output which parts of the state are, side by side, the cell's output
   */
  public static <S> void check(
      Function<ParameterScope, RnnCell<S>> make, Plain plain, int... output) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      RnnCell<S> cell = make.apply(store.root().child("cell"));
      Ops tf = store.root().child("test").tf();
      List<Operand<TFloat32>> xs = new ArrayList<>();
      for (double[] x : XS) {
        xs.add(row(tf, x));
      }
      double[][] initial = initial(cell.stateLayout().parts());
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (double[] part : initial) {
        parts.add(row(tf, part));
      }
      S begin = cell.stateLayout().state(parts);
      List<Operand<TFloat32>> fetched = new ArrayList<>();
      for (Operand<TFloat32> series :
          List.of(
              tf.stack(StaticUnroll.run(tf, cell, xs, begin).outputs()),
              Scan.run(tf, cell, tf.stack(xs), begin, ScanOptions.training()).outputs())) {
        Operand<TFloat32> out = tf.reshape(series, tf.constant(new int[] {-1}));
        fetched.add(out);
        float[] weights = new float[XS.length * cell.outputSize()];
        for (int i = 0; i < weights.length; i++) {
          weights[i] = (float) weight(i);
        }
        Operand<TFloat32> loss =
            tf.reduceSum(tf.math.mul(out, tf.constant(weights)), tf.constant(0));
        Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
        assertThat(gradients.keySet()).containsExactlyElementsOf(store.model());
        fetched.addAll(gradients.values());
      }
      store.initialize(session);
      Map<String, double[]> exact = fill(session, store);

      Session.Runner runner = session.runner();
      fetched.forEach(runner::fetch);
      try (Result result = runner.run()) {
        int i = 0;
        for (String way : List.of("unrolled ", "in a loop ")) {
          assertClose(
              way + "outputs", flat(result, i++), outputs(exact, plain, initial, output), 1e-6);
          for (Parameter parameter : store.model()) {
            String name = parameter.name().substring("cell/".length());
            double[] differences =
                finiteDifferences(exact, name, () -> loss(outputs(exact, plain, initial, output)));
            assertGradient(way + name, flat(result, i++), differences, 1e-4);
          }
        }
      }
    }
  }

  private static double[][] initial(List<StatePart> parts) {
    double[][] initial = new double[parts.size()][];
    for (int part = 0; part < initial.length; part++) {
      initial[part] = new double[parts.get(part).size()];
      for (int i = 0; i < initial[part].length; i++) {
        initial[part][i] = (float) (0.3 * Math.sin(part + 2 * i + 1));
      }
    }
    return initial;
  }

  private static Map<String, double[]> fill(Session session, ParameterStore store) {
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
    return exact;
  }

  /** The output of every step, one after another. */
  private static double[] outputs(
      Map<String, double[]> parameters, Plain plain, double[][] initial, int... output) {
    PlainCells cells = new PlainCells(parameters);
    double[][] state = initial;
    double[] all = {};
    for (double[] x : XS) {
      state = plain.step(cells, x, state);
      for (int part : output) {
        all = PlainCells.join(all, state[part]);
      }
    }
    return all;
  }

  private static double loss(double[] outputs) {
    double sum = 0;
    for (int i = 0; i < outputs.length; i++) {
      sum += outputs[i] * weight(i);
    }
    return sum;
  }

  private static double weight(int i) {
    return Math.sin(i + 1);
  }

  private static double[] finiteDifferences(
      Map<String, double[]> parameters, String name, DoubleSupplier loss) {
    double[] values = Objects.requireNonNull(parameters.get(name));
    double[] gradient = new double[values.length];
    double step = 1e-5;
    for (int i = 0; i < values.length; i++) {
      double old = values[i];
      values[i] = old + step;
      double above = loss.getAsDouble();
      values[i] = old - step;
      double below = loss.getAsDouble();
      values[i] = old;
      gradient[i] = (above - below) / (2 * step);
    }
    return gradient;
  }

  private static Operand<TFloat32> row(Ops tf, double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return tf.constant(new float[][] {floats});
  }

  private static float[] flat(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
