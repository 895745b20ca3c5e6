// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Not a test: one training step of a layer-normalised HyperLSTM with the scan, with the scan that
 * recomputes, or unrolled. One process for each figure, so that peaks of memory can be compared:
 *
 * <pre>
 * mvn -q -Punroll-benchmark process-test-classes -Dunroll="scan S 50 20"
 * </pre>
 */
final class UnrollBenchmark {
  private static final int SYMBOLS = 50;

  private final String way;
  private final int batch;
  private final int units;
  private final int hyperUnits;
  private final int embedding;
  private final int steps;

  private UnrollBenchmark(String way, String size, int steps) {
    int[] sizes =
        switch (size) {
          case "S" -> new int[] {32, 256, 64, 8};
          case "M" -> new int[] {64, 512, 128, 4};
          case "P" -> new int[] {128, 1000, 128, 4};
          default -> throw new IllegalArgumentException("size " + size + " is not S, M or P");
        };
    this.way = way;
    this.steps = steps;
    batch = sizes[0];
    units = sizes[1];
    hyperUnits = sizes[2];
    embedding = sizes[3];
  }

  /**
   * Runs one.
   *
   * @param args {@code scan}, {@code recompute} or {@code static}; S, M or P; time steps; runs
   */
  public static void main(String[] args) throws IOException {
    new UnrollBenchmark(args[0], args[1], Integer.parseInt(args[2])).run(Integer.parseInt(args[3]));
  }

  private void run(int runs) throws IOException {
    long begin = System.nanoTime();
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(2)
            .setInterOpParallelismThreads(2)
            .build();
    try (Graph graph = new Graph();
        Session session = new Session(graph, config)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Ops tf = store.root().child("model").tf();
      Operand<TInt32> ids =
          tf.placeholder(
              TInt32.class, org.tensorflow.op.core.Placeholder.shape(Shape.of(steps, batch)));
      TrainOp train =
          new Adam(store, tf.constant(0.001f), GradientClip.globalNorm(1f))
              .minimize(loss(store, tf, ids));
      store.initialize(session);
      double buildSeconds = (System.nanoTime() - begin) / 1e9;
      int[] symbols = new Random(1).ints((long) steps * batch, 0, SYMBOLS).toArray();
      double[] times = new double[runs + 1];
      try (TInt32 feed = TInt32.tensorOf(Shape.of(steps, batch), DataBuffers.of(symbols))) {
        for (int i = 0; i <= runs; i++) {
          long start = System.nanoTime();
          session.runner().feed(ids.asOutput(), feed).addTarget(train.update()).run().close();
          times[i] = (System.nanoTime() - start) / 1e6;
        }
      }
      double[] later = Arrays.copyOfRange(times, 1, times.length);
      Arrays.sort(later);
      System.out.printf(
          Locale.ROOT,
          "%s T=%d B=%d N=%d: built in %.2f s, first run %.2f s, then median %.1f ms, fastest %.1f"
              + " ms; peak %s%n",
          way,
          steps,
          batch,
          units,
          buildSeconds,
          times[0] / 1e3,
          later[later.length / 2],
          later[0],
          peak());
    }
  }

  private Operand<TFloat32> loss(ParameterStore store, Ops tf, Operand<TInt32> ids) {
    RnnCell<?> cell =
        HyperLstmCell.withLstm(
            store.root().child("cell"),
            HyperLstmCell.Settings.paper(SYMBOLS, units, embedding, 1e-3f),
            LstmCell.Settings.of(SYMBOLS + units, hyperUnits).withLayerNorm(1e-3f));
    Operand<TFloat32> xs = tf.oneHot(ids, tf.constant(SYMBOLS), tf.constant(1f), tf.constant(0f));
    Parameter kernel =
        store
            .root()
            .child("softmax")
            .parameter(
                "kernel", Shape.of(units, SYMBOLS), Initializers.glorotUniform(), Role.KERNEL);
    Operand<TFloat32> rows = tf.reshape(outputs(tf, cell, xs), tf.constant(new int[] {-1, units}));
    return tf.math.mean(
        tf.nn
            .sparseSoftmaxCrossEntropyWithLogits(
                tf.linalg.matMul(rows, kernel.value()),
                tf.reshape(ids, tf.constant(new int[] {-1})))
            .loss(),
        tf.constant(0));
  }

  private <S> Operand<TFloat32> outputs(Ops tf, RnnCell<S> cell, Operand<TFloat32> xs) {
    S zero = cell.zeroState(tf, tf.constant(batch));
    if (!way.equals("static")) {
      return Scan.run(
              tf, cell, xs, zero, ScanOptions.training().withRecomputing(way.equals("recompute")))
          .outputs();
    }
    List<Operand<TFloat32>> inputs = new ArrayList<>(tf.unstack(xs, (long) steps).output());
    return tf.stack(StaticUnroll.run(tf, cell, inputs, zero).outputs());
  }

  private static String peak() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB")
          .findFirst()
          .orElse("unknown");
    }
  }
}
