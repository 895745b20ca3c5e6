// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Cells;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * Every cell through every way of running. The static unroll is the reference: its cells are held
 * against the golden vectors and against plain double arithmetic in the tests of {@code cell}.
 */
class ScanTest {
  private static final int BATCH = 2;

  private boolean compiled;
  private boolean recomputing;

  @ParameterizedTest
  @EnumSource
  void equalsTheStaticUnrollWithDropout(Cells cell) {
    check(cell, 3, BATCH, true, null);
  }

  @ParameterizedTest
  @EnumSource
  void equalsTheStaticUnrollWithLengthsAndAnyBatch(Cells cell) {
    check(cell, 3, -1, false, new int[] {1, 3});
  }

  @ParameterizedTest
  @EnumSource(names = {"LSTM", "LAYER_NORM_HYPER_LSTM"})
  void equalsTheStaticUnrollForOneStep(Cells cell) {
    check(cell, 1, BATCH, false, null);
  }

  @ParameterizedTest
  @EnumSource(names = {"WIDE_HYPER_LSTM", "STACK"})
  void equalsTheStaticUnrollWhenAllButStatesIsComputedAgain(Cells cell) {
    recomputing = true;
    check(cell, 3, BATCH, false, null);
  }

  @ParameterizedTest
  @EnumSource(names = {"LSTM", "HYPER_GRU", "HYPER_RNN", "RESIDUAL", "WIDE_HYPER_LSTM"})
  void equalsTheStaticUnrollCompiledByXla(Cells cell) {
    compiled = true;
    check(cell, 3, BATCH, true, null);
  }

  @Test
  void equalsTheStaticUnrollCompiledByXlaWithLengths() {
    compiled = true;
    check(Cells.LAYER_NORM_LSTM, 3, -1, false, new int[] {1, 3});
  }

  /** An unknown batch, or one that only the state tells, is no reason to keep less. */
  @ParameterizedTest
  @EnumSource(names = {"LAYER_NORM_HYPER_LSTM", "WIDE_HYPER_LSTM"})
  void keepsAsManySeriesForAnyBatch(Cells cell) {
    long known = keptSeries(cell, BATCH, BATCH);
    assertThat(keptSeries(cell, -1, -1)).isEqualTo(known);
    assertThat(keptSeries(cell, -1, BATCH)).isEqualTo(known);
  }

  /** Series that the forward loop keeps beside those of the states and the outputs. */
  private static long keptSeries(Cells kind, long batch, long stateRows) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 7L);
      long all = lists(store, kind.make(store.root().child("cell")), batch, stateRows, false);
      long states = lists(store, kind.make(store.root().child("again")), batch, stateRows, true);
      assertThat(all).isGreaterThan(states);
      return all - states;
    }
  }

  private static <S> long lists(
      ParameterStore store, RnnCell<S> cell, long batch, long stateRows, boolean recomputing) {
    Ops tf = store.root().tf();
    List<Operand<TFloat32>> initial = new ArrayList<>();
    cell.stateLayout()
        .parts()
        .forEach(part -> initial.add(placeholder(tf, stateRows, part.size())));
    long before = lists(store.graph());
    Scan.run(
        tf,
        cell,
        placeholder(tf, 3, batch, cell.inputSize()),
        cell.stateLayout().state(initial),
        options(List.of()).withRecomputing(recomputing));
    return lists(store.graph()) - before;
  }

  private static long lists(Graph graph) {
    long count = 0;
    for (var operations = graph.operations(); operations.hasNext(); ) {
      count += operations.next().type().equals("TensorListReserve") ? 1 : 0;
    }
    return count;
  }

  private static Operand<TFloat32> placeholder(Ops tf, long... shape) {
    return tf.placeholder(
        TFloat32.class, org.tensorflow.op.core.Placeholder.shape(Shape.of(shape)));
  }

  private void check(Cells kind, int steps, long batch, boolean masked, int @Nullable [] lengths) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, config(compiled || masked))) {
      ParameterStore store = new ParameterStore(graph, 7L);
      check(store, session, kind.make(store.root().child("cell")), steps, batch, masked, lengths);
    }
  }

  /** Half of the tests with TensorFlow's graph optimiser, half, for their time, without. */
  private static ConfigProto config(boolean optimised) {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(!optimised);
    return config.build();
  }

  private <S> void check(
      ParameterStore store,
      Session session,
      RnnCell<S> cell,
      int steps,
      long batch,
      boolean masked,
      int @Nullable [] lengths) {
    Ops tf = store.root().child("test").tf();
    Random random = new Random(5);
    Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();
    Operand<TFloat32> xs = input(tf, feeds, random, steps, -1, batch, cell.inputSize());
    List<Operand<TFloat32>> initial = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      initial.add(input(tf, feeds, random, 0, -1, batch, part.size()));
    }
    List<Operand<TFloat32>> masks = new ArrayList<>();
    if (masked) {
      for (StatePart part : cell.maskParts()) {
        masks.add(input(tf, feeds, random, steps, -1, batch, part.size()));
      }
    }
    Operand<TFloat32> weightOfOutputs =
        input(tf, feeds, random, steps, -1, batch, cell.outputSize());

    ScanResult<S> scanned =
        Scan.run(
            tf,
            cell,
            xs,
            cell.stateLayout().state(initial),
            options(masks)
                .withXla(compiled)
                .withRecomputing(recomputing)
                .withLengths(lengths == null ? null : tf.constant(lengths)));
    ScanResult<S> unrolled =
        unrolled(tf, cell, xs, cell.stateLayout().state(initial), masks, steps, lengths);

    List<Operand<TFloat32>> byInputs = new ArrayList<>(List.of(xs));
    byInputs.addAll(initial);
    Map<String, Operand<TFloat32>> a =
        all(tf, store, cell, scanned.outputs(), scanned.finalState(), weightOfOutputs, byInputs);
    Map<String, Operand<TFloat32>> b =
        all(tf, store, cell, unrolled.outputs(), unrolled.finalState(), weightOfOutputs, byInputs);
    store.initialize(session);
    randomise(store, session, random);
    // One run for everything: TensorFlow optimises the graph anew for every set of fetches.
    Map<String, Operand<TFloat32>> both = new LinkedHashMap<>(a);
    b.forEach((name, tensor) -> both.put("unrolled " + name, tensor));
    Map<String, float[]> values = fetch(session, feeds, both);
    for (String name : a.keySet()) {
      assertClose(name, get(values, name), get(values, "unrolled " + name));
    }
    feeds.values().forEach(Tensor::close);
  }

  /** Step by step; behind its end a sequence keeps its state and gives zeros. */
  private static <S> ScanResult<S> unrolled(
      Ops tf,
      RnnCell<S> cell,
      Operand<TFloat32> xs,
      S initial,
      List<Operand<TFloat32>> masks,
      int steps,
      int @Nullable [] lengths) {
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    S state = initial;
    for (int t = 0; t < steps; t++) {
      int at = t;
      UnrollResult<S> one =
          StaticUnroll.run(
              tf,
              cell,
              List.of(at(tf, xs, t)),
              state,
              options(masks.stream().map(mask -> slice(tf, mask, at)).toList()));
      Operand<TFloat32> output = one.outputs().get(0);
      List<Operand<TFloat32>> next = new ArrayList<>(cell.stateLayout().tensors(one.finalState()));
      if (lengths != null) {
        float[][] alive = new float[lengths.length][1];
        for (int row = 0; row < lengths.length; row++) {
          alive[row][0] = t < lengths[row] ? 1 : 0;
        }
        Operand<TFloat32> keep = tf.constant(alive);
        output = tf.math.mul(output, keep);
        for (int i = 0; i < next.size(); i++) {
          Operand<TFloat32> before = cell.stateLayout().tensors(state).get(i);
          next.set(i, tf.math.add(before, tf.math.mul(keep, tf.math.sub(next.get(i), before))));
        }
      }
      state = cell.stateLayout().state(next);
      outputs.add(output);
    }
    return new ScanResult<>(tf.stack(outputs), state);
  }

  /** Small random values everywhere, so that no gradient is zero because a matrix is. */
  private static void randomise(ParameterStore store, Session session, Random random) {
    for (Parameter parameter : store.trainables()) {
      float[] values = new float[(int) parameter.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (0.5 * random.nextGaussian());
      }
      try (TFloat32 value = TFloat32.tensorOf(parameter.shape(), DataBuffers.of(values))) {
        session
            .runner()
            .feed(parameter.initialValue().asOutput(), value)
            .addTarget(parameter.assign())
            .run()
            .close();
      }
    }
  }

  private static <S> Map<String, Operand<TFloat32>> all(
      Ops tf,
      ParameterStore store,
      RnnCell<S> cell,
      Operand<TFloat32> outputs,
      S last,
      Operand<TFloat32> weight,
      List<Operand<TFloat32>> byInputs) {
    Map<String, Operand<TFloat32>> all = new LinkedHashMap<>();
    all.put("outputs", outputs);
    Operand<TFloat32> loss = sum(tf, tf.math.mul(outputs, weight));
    for (int i = 0; i < cell.stateLayout().parts().size(); i++) {
      Operand<TFloat32> part = cell.stateLayout().tensors(last).get(i);
      all.put("final " + cell.stateLayout().parts().get(i).name(), part);
      loss = tf.math.add(loss, sum(tf, tf.math.sin(part)));
    }
    all.put("loss", loss);
    Gradients.of(loss, store.model())
        .forEach((parameter, gradient) -> all.put("by " + parameter.name(), gradient));
    List<Operand<TFloat32>> byTensors = Gradients.byTensors(loss, byInputs);
    for (int i = 0; i < byTensors.size(); i++) {
      all.put("by input " + i, byTensors.get(i));
    }
    return all;
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
  }

  /** Without masks, without dropout. */
  private static ScanOptions options(List<Operand<TFloat32>> masks) {
    return masks.isEmpty()
        ? ScanOptions.training().withNoDropout()
        : ScanOptions.training().withMasks(masks);
  }

  private static Operand<TFloat32> slice(Ops tf, Operand<TFloat32> series, int t) {
    return tf.slice(series, tf.constant(new int[] {t, 0, 0}), tf.constant(new int[] {1, -1, -1}));
  }

  private static Operand<TFloat32> at(Ops tf, Operand<TFloat32> series, int t) {
    return tf.squeeze(slice(tf, series, t), org.tensorflow.op.core.Squeeze.axis(List.of(0L)));
  }

  private static Operand<TFloat32> input(
      Ops tf,
      Map<Operand<?>, Tensor> feeds,
      Random random,
      int steps,
      long time,
      long batch,
      int size) {
    boolean series = steps > 0;
    Operand<TFloat32> placeholder =
        tf.placeholder(
            TFloat32.class,
            org.tensorflow.op.core.Placeholder.shape(
                series ? Shape.of(time, batch, size) : Shape.of(batch, size)));
    float[] values = new float[(series ? steps : 1) * BATCH * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    feeds.put(
        placeholder,
        TFloat32.tensorOf(
            series ? Shape.of(steps, BATCH, size) : Shape.of(BATCH, size), DataBuffers.of(values)));
    return placeholder;
  }

  private static Map<String, float[]> fetch(
      Session session, Map<Operand<?>, Tensor> feeds, Map<String, Operand<TFloat32>> fetches) {
    Session.Runner runner = session.runner();
    feeds.forEach((placeholder, tensor) -> runner.feed(placeholder.asOutput(), tensor));
    fetches.values().forEach(runner::fetch);
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      int i = 0;
      for (String name : fetches.keySet()) {
        TFloat32 tensor = (TFloat32) result.get(i++);
        float[] copy = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(copy);
        values.put(name, copy);
      }
    }
    return values;
  }

  private static float[] get(Map<String, float[]> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private static void assertClose(String name, float[] actual, float[] expected) {
    assertThat(actual.length).as(name).isEqualTo(expected.length);
    double norm = 1e-3;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      norm = Math.max(norm, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
    }
    assertThat(worst / norm).as(name).isLessThan(1e-5);
  }
}
