// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toFloats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.ScanResult;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Three LSTM layers with the soft window against greydanus/scribe, run in float64: the window after
 * the last step, the loss, and its gradient by every variable.
 */
class SoftWindowGoldenTest {
  private final GoldenFiles golden = GoldenFiles.read("mdn_window_k2");
  private final int units = (int) golden.shape("w/mdn_dense/output_w")[0];
  private final int input = (int) golden.shape("x")[2];
  private final int steps = (int) golden.shape("x")[1];
  private final int batch = (int) golden.shape("x")[0];
  private final int alphabet = (int) golden.shape("chars")[2];
  private final int components = (int) golden.shape("last_kappa")[1];
  private final int columns = (int) golden.shape("w/mdn_dense/output_w")[1];

  @Test
  void equalsScribe() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      SoftWindowSettings settings = SoftWindowSettings.scribe(components, alphabet);
      List<RnnCell<?>> layers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int inputs = settings.layerInputSize(i, input, units);
        layers.add(
            new LstmCell(store.root().child("layer" + i), LstmCell.Settings.of(inputs, units)));
      }
      SoftWindowCell writer = new SoftWindowCell(store.root(), settings, layers);
      ParameterScope output = store.root().child("output");
      Parameter kernel =
          output.parameter("kernel", Shape.of(units, columns), Initializers.zeros(), Role.KERNEL);
      Parameter bias = output.parameter("bias", Shape.of(columns), Initializers.zeros(), Role.BIAS);
      Ops tf = store.root().child("test").tf();
      TextReadingCell cell = writer.reading(tf, Fetched.constant(tf, golden, "chars"), null);
      ScanResult<SoftWindowState> run =
          Scan.run(
              tf,
              cell,
              timeMajor(tf, "x"),
              cell.zeroState(tf, tf.constant(batch)),
              ScanOptions.training());
      Operand<TFloat32> loss =
          loss(
              tf,
              tf.math.add(
                  tf.linalg.matMul(
                      tf.reshape(run.outputs(), tf.constant(new int[] {-1, units})),
                      kernel.value()),
                  bias.value()),
              tf.reshape(timeMajor(tf, "targets"), tf.constant(new int[] {-1, 3})));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      SoftWindowState last = run.finalState();
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("loss", loss);
      fetches.put("last_window", last.w());
      fetches.put("last_kappa", last.kappa());
      fetches.put("last_alpha", last.alpha());
      fetches.put("last_phi", cell.phi(tf, CellValues.make(tf), last));
      gradients.forEach((parameter, gradient) -> fetches.put(parameter.name(), gradient));
      store.initialize(session);
      Map<String, float[]> weights = new LinkedHashMap<>();
      laidOut("w/").forEach((name, values) -> weights.put(name, toFloats(values)));
      ParameterValues.assign(session, store, weights);
      Fetched actual = Fetched.of(session, fetches);
      for (String name : List.of("loss", "last_window", "last_kappa", "last_alpha", "last_phi")) {
        assertClose(name, actual.get(name), golden.doubles("f64/" + name), 5e-6);
      }
      Map<String, double[]> expected = laidOut("f64/grad/");
      for (Parameter parameter : gradients.keySet()) {
        assertGradient(
            parameter.name(),
            actual.get(parameter.name()),
            Objects.requireNonNull(expected.remove(parameter.name())),
            1e-5);
      }
      assertThat(expected).isEmpty();
    }
  }

  private Operand<TFloat32> timeMajor(Ops tf, String key) {
    return tf.linalg.transpose(Fetched.constant(tf, golden, key), tf.constant(new int[] {1, 0, 2}));
  }

  /** Theirs, with the pen's sign turned and a density of at least 1e-20. */
  private Operand<TFloat32> loss(Ops tf, Operand<TFloat32> raw, Operand<TFloat32> targets) {
    int k = (columns - 1) / 6;
    List<Output<TFloat32>> parts =
        tf.splitV(raw, tf.constant(new int[] {1, k, k, k, k, k, k}), tf.constant(1), 7L).output();
    List<Output<TFloat32>> target = tf.split(tf.constant(1), targets, 3L).output();
    Operand<TFloat32> sd1 = tf.math.exp(parts.get(4));
    Operand<TFloat32> sd2 = tf.math.exp(parts.get(5));
    Operand<TFloat32> rho = tf.math.tanh(parts.get(6));
    Operand<TFloat32> d1 = tf.math.div(tf.math.sub(target.get(0), parts.get(2)), sd1);
    Operand<TFloat32> d2 = tf.math.div(tf.math.sub(target.get(1), parts.get(3)), sd2);
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), tf.math.square(rho));
    Operand<TFloat32> z =
        tf.math.sub(
            tf.math.add(tf.math.square(d1), tf.math.square(d2)),
            tf.math.mul(tf.constant(2f), tf.math.mul(rho, tf.math.mul(d1, d2))));
    Operand<TFloat32> density =
        tf.math.div(
            tf.math.exp(tf.math.div(tf.math.neg(z), tf.math.mul(tf.constant(2f), rest))),
            tf.math.mul(
                tf.constant((float) (2 * Math.PI)),
                tf.math.mul(sd1, tf.math.mul(sd2, tf.math.sqrt(rest)))));
    Operand<TFloat32> mixed =
        tf.reduceSum(tf.math.mul(tf.nn.softmax(parts.get(1)), density), tf.constant(1));
    Operand<TFloat32> offset =
        tf.math.neg(tf.math.log(tf.math.maximum(mixed, tf.constant(1e-20f))));
    Operand<TFloat32> logit = tf.math.neg(parts.get(0));
    Operand<TFloat32> pen = tf.math.sub(tf.math.softplus(logit), tf.math.mul(logit, target.get(2)));
    return tf.math.mean(
        tf.math.add(offset, tf.reshape(pen, tf.constant(new int[] {batch * steps}))),
        tf.constant(0));
  }

  /** Their variables as ours: a kernel's rows are the input and h, the second layer's h1, w, x. */
  private Map<String, double[]> laidOut(String prefix) {
    Map<String, double[]> ours = new LinkedHashMap<>();
    for (int layer = 0; layer < 3; layer++) {
      String cell = prefix + "cell" + layer + "/lstm_cell/";
      double[] kernel = golden.doubles(cell + "kernel");
      int rows = kernel.length / (4 * units) - units;
      double[] ofInput = rows(kernel, 0, rows);
      if (layer == 1) {
        ofInput =
            joined(
                rows(ofInput, units + alphabet, rows),
                joined(rows(ofInput, units, units + alphabet), rows(ofInput, 0, units)));
      }
      ours.put("layer" + layer + "/W_x", ofInput);
      ours.put("layer" + layer + "/W_h", rows(kernel, rows, rows + units));
      ours.put("layer" + layer + "/b", golden.doubles(cell + "bias"));
    }
    ours.put("window/kernel", golden.doubles(prefix + "window/window_w"));
    ours.put("window/bias", golden.doubles(prefix + "window/window_b"));
    ours.put("output/kernel", golden.doubles(prefix + "mdn_dense/output_w"));
    ours.put("output/bias", golden.doubles(prefix + "mdn_dense/output_b"));
    return ours;
  }

  private double[] rows(double[] matrix, int from, int to) {
    return Arrays.copyOfRange(matrix, from * 4 * units, to * 4 * units);
  }

  private static double[] joined(double[] a, double[] b) {
    double[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
