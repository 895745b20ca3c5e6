// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.cell.LearnedState;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Cells;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
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
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Padding of every kind in inputs, masks, initial states of sequences without steps, and in what
 * flows back into outputs. The right values come from each sequence alone, unpadded, run through
 * {@link StaticUnroll} without lengths: padding is not there to be masked.
 */
class PaddingTest {
  private static final int STEPS = 3;
  private static final int[] LENGTHS = {3, 1, -1, 7};

  /** What they mean with three steps. */
  private static final int[] MEANT = {3, 1, 0, 3};

  private static final int BATCH = LENGTHS.length;
  private static final float[] PADDING = {
    0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f
  };

  /** How a cell is run. */
  private enum Way {
    LOOP,
    RECOMPUTING,
    XLA,
    UNROLLED
  }

  @ParameterizedTest
  @EnumSource
  void makesNoDifferenceInALoop(Cells cell) {
    check(cell, List.of(Way.LOOP, Way.RECOMPUTING, Way.UNROLLED));
  }

  @ParameterizedTest
  @EnumSource(names = {"BASIC", "LAYER_NORM_HYPER_LSTM"})
  void makesNoDifferenceInALoopCompiledByXla(Cells cell) {
    check(cell, List.of(Way.XLA));
  }

  @ParameterizedTest
  @EnumSource(names = {"BASIC", "LAYER_NORM_HYPER_LSTM", "HYPER_GRU"})
  void makesNoDifferenceFromBothEnds(Cells cell) {
    try (Given given = new Given()) {
      bothEnds(given, cell.make(given.scope("cell")), cell.make(given.scope("back")));
    }
  }

  private static void check(Cells kind, List<Way> ways) {
    try (Given given = new Given()) {
      check(given, kind.make(given.scope("cell")), ways);
    }
  }

  private static <S> void check(Given given, RnnCell<S> cell, List<Way> ways) {
    Ops tf = given.tf;
    Operand<TFloat32> xs = given.series("x", cell.inputSize());
    List<Operand<TFloat32>> initial = given.initial("", cell);
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (StatePart part : cell.maskParts()) {
      masks.add(given.series("mask " + part.name(), part.size()));
    }
    Operand<TFloat32> byOutputs = given.series("by outputs", cell.outputSize());
    for (Way way : ways) {
      ScanResult<S> run = run(given, way, cell, xs, cell.stateLayout().state(initial), masks);
      given.add(
          way + " ",
          run.outputs(),
          cell.stateLayout().tensors(run.finalState()),
          byOutputs,
          xs,
          initial);
    }
    List<Operand<TFloat32>> rows = new ArrayList<>();
    List<List<Operand<TFloat32>>> last = new ArrayList<>();
    for (int row = 0; row < BATCH; row++) {
      int at = row;
      UnrollResult<S> alone =
          StaticUnroll.run(
              tf,
              cell,
              given.steps(xs, row),
              cell.stateLayout().state(given.row(initial, row)),
              options(masks.stream().map(mask -> given.alone(mask, at)).toList()));
      rows.add(given.padded(alone.outputs(), cell.outputSize()));
      last.add(cell.stateLayout().tensors(alone.finalState()));
    }
    given.add(
        "alone ", tf.concat(rows, tf.constant(1)), given.joined(last), byOutputs, xs, initial);
    given.compare(ways.stream().map(way -> way + " ").toList(), "alone ");
  }

  private static <S> ScanResult<S> run(
      Given given,
      Way way,
      RnnCell<S> cell,
      Operand<TFloat32> xs,
      S initial,
      List<Operand<TFloat32>> masks) {
    Ops tf = given.tf;
    if (way != Way.UNROLLED) {
      return Scan.run(
          tf,
          cell,
          xs,
          initial,
          options(masks)
              .withLengths(given.lengths)
              .withXla(way == Way.XLA)
              .withRecomputing(way == Way.RECOMPUTING));
    }
    List<Operand<TFloat32>> steps = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      steps.add(given.at(xs, t));
    }
    UnrollResult<S> unrolled =
        StaticUnroll.run(tf, cell, steps, initial, options(masks).withLengths(given.lengths));
    return new ScanResult<>(tf.stack(unrolled.outputs()), unrolled.finalState());
  }

  /** Without masks, without dropout. */
  private static ScanOptions options(List<Operand<TFloat32>> masks) {
    return masks.isEmpty()
        ? ScanOptions.training().withNoDropout()
        : ScanOptions.training().withMasks(masks);
  }

  /** The cell backwards begins from a state that is learned. */
  private static <S, R> void bothEnds(Given given, RnnCell<S> cell, RnnCell<R> back) {
    Ops tf = given.tf;
    LearnedState<R> learned = new LearnedState<>(given.scope("learned"), back);
    Operand<TFloat32> xs = given.series("x", cell.inputSize());
    List<Operand<TFloat32>> initial = given.initial("", cell);
    int size = cell.outputSize() + back.outputSize();
    Operand<TFloat32> byOutputs = given.series("by outputs", size);
    R begin = learned.of(tf, tf.constant(BATCH));
    List<Operand<TFloat32>> masks = new ArrayList<>();
    cell.maskParts().forEach(part -> masks.add(given.series("m " + part.name(), part.size())));
    int own = masks.size();
    back.maskParts().forEach(part -> masks.add(given.series("n " + part.name(), part.size())));
    Bidirectional<S, R> run =
        Bidirectional.run(
            tf,
            cell,
            cell.stateLayout().state(initial),
            back,
            begin,
            xs,
            options(masks).withLengths(given.lengths));
    List<Operand<TFloat32>> last = new ArrayList<>(cell.stateLayout().tensors(run.forwards()));
    last.addAll(back.stateLayout().tensors(run.backwards()));
    given.add("both ends ", run.outputs(), last, byOutputs, xs, initial);

    List<Operand<TFloat32>> rows = new ArrayList<>();
    List<List<Operand<TFloat32>>> lastOfRows = new ArrayList<>();
    for (int row = 0; row < BATCH; row++) {
      List<Operand<TFloat32>> steps = given.steps(xs, row);
      List<Operand<TFloat32>> turned = new ArrayList<>(steps);
      Collections.reverse(turned);
      int at = row;
      List<Operand<TFloat32>> masksOfRow = masks.stream().map(m -> given.alone(m, at)).toList();
      UnrollResult<S> there =
          StaticUnroll.run(
              tf,
              cell,
              steps,
              cell.stateLayout().state(given.row(initial, row)),
              options(masksOfRow.subList(0, own)));
      UnrollResult<R> from =
          StaticUnroll.run(
              tf,
              back,
              turned,
              back.stateLayout().state(given.row(back.stateLayout().tensors(begin), row)),
              options(
                  masksOfRow.subList(own, masks.size()).stream()
                      .map(m -> (Operand<TFloat32>) tf.reverse(m, tf.constant(new int[] {0})))
                      .toList()));
      List<Operand<TFloat32>> joined = new ArrayList<>();
      for (int t = 0; t < steps.size(); t++) {
        joined.add(
            tf.concat(
                List.of(there.outputs().get(t), from.outputs().get(steps.size() - 1 - t)),
                tf.constant(1)));
      }
      rows.add(given.padded(joined, size));
      List<Operand<TFloat32>> parts =
          new ArrayList<>(cell.stateLayout().tensors(there.finalState()));
      parts.addAll(back.stateLayout().tensors(from.finalState()));
      lastOfRows.add(parts);
    }
    given.add(
        "alone ",
        tf.concat(rows, tf.constant(1)),
        given.joined(lastOfRows),
        byOutputs,
        xs,
        initial);
    given.compare(List.of("both ends "), "alone ");
  }

  /** A graph whose inputs are fed with padding of every kind. */
  private static final class Given implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph, unoptimised());
    final ParameterStore store = new ParameterStore(graph, 7L);
    final Ops tf = store.root().child("test").tf();
    final Operand<TInt32> lengths = tf.constant(LENGTHS);
    private final Random random = new Random(5);
    private final Map<Placeholder<TFloat32>, float[]> fed = new LinkedHashMap<>();
    private final Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();

    ParameterScope scope(String name) {
      return store.root().child(name);
    }

    /** {@code [time, batch, size]}. */
    Operand<TFloat32> series(String name, int size) {
      return input(name, Shape.of(STEPS, BATCH, size), Shape.of(-1, -1, size));
    }

    List<Operand<TFloat32>> initial(String name, RnnCell<?> cell) {
      List<Operand<TFloat32>> initial = new ArrayList<>();
      for (StatePart part : cell.stateLayout().parts()) {
        initial.add(
            input(
                name + "initial " + part.name(),
                Shape.of(BATCH, part.size()),
                Shape.of(-1, part.size())));
      }
      return initial;
    }

    private Operand<TFloat32> input(String name, Shape shape, Shape known) {
      Placeholder<TFloat32> placeholder =
          tf.withName(name.replace(' ', '_').replace('/', '_'))
              .placeholder(TFloat32.class, Placeholder.shape(known));
      float[] values = new float[(int) shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      fed.put(placeholder, values);
      return placeholder;
    }

    Operand<TFloat32> at(Operand<TFloat32> series, int t) {
      return tf.squeeze(
          tf.slice(series, tf.constant(new int[] {t, 0, 0}), tf.constant(new int[] {1, -1, -1})),
          org.tensorflow.op.core.Squeeze.axis(List.of(0L)));
    }

    Operand<TFloat32> at(Operand<TFloat32> series, int t, int row) {
      return row(List.of(at(series, t)), row).get(0);
    }

    /** The steps of a sequence that count, {@code [steps, 1, size]}. */
    Operand<TFloat32> alone(Operand<TFloat32> series, int row) {
      return tf.slice(
          series, tf.constant(new int[] {0, row, 0}), tf.constant(new int[] {MEANT[row], 1, -1}));
    }

    /** The steps of a sequence that count, {@code [1, size]} each. */
    List<Operand<TFloat32>> steps(Operand<TFloat32> series, int row) {
      List<Operand<TFloat32>> steps = new ArrayList<>();
      for (int t = 0; t < MEANT[row]; t++) {
        steps.add(at(series, t, row));
      }
      return steps;
    }

    List<Operand<TFloat32>> row(List<Operand<TFloat32>> tensors, int row) {
      return tensors.stream()
          .map(
              tensor ->
                  (Operand<TFloat32>)
                      tf.slice(
                          tensor, tf.constant(new int[] {row, 0}), tf.constant(new int[] {1, -1})))
          .toList();
    }

    /** Outputs of one sequence with zeros behind, {@code [time, 1, size]}. */
    Operand<TFloat32> padded(List<Operand<TFloat32>> outputs, int size) {
      List<Operand<TFloat32>> all = new ArrayList<>(outputs);
      while (all.size() < STEPS) {
        all.add(tf.constant(new float[1][size]));
      }
      return tf.stack(all);
    }

    /** From the parts of each sequence to those of all. */
    List<Operand<TFloat32>> joined(List<List<Operand<TFloat32>>> parts) {
      List<Operand<TFloat32>> joined = new ArrayList<>();
      for (int i = 0; i < parts.get(0).size(); i++) {
        int part = i;
        joined.add(tf.concat(parts.stream().map(one -> one.get(part)).toList(), tf.constant(0)));
      }
      return joined;
    }

    /**
     * Outputs, last state and derivatives of {@code sum(outputs byOutputs)} and a weighted sum of
     * the last state.
     */
    void add(
        String name,
        Operand<TFloat32> outputs,
        List<Operand<TFloat32>> last,
        Operand<TFloat32> byOutputs,
        Operand<TFloat32> xs,
        List<Operand<TFloat32>> initial) {
      fetches.put(name + "outputs", outputs);
      Operand<TFloat32> loss = sum(tf.math.mul(outputs, byOutputs));
      for (int i = 0; i < last.size(); i++) {
        fetches.put(name + "last " + i, last.get(i));
        loss = tf.math.add(loss, sum(tf.math.mul(last.get(i), tf.constant(0.5f + i))));
      }
      Gradients.of(loss, store.trainables())
          .forEach((parameter, by) -> fetches.put(name + "by " + parameter.name(), by));
      List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(xs));
      inputs.addAll(initial);
      List<Operand<TFloat32>> byInputs = Gradients.byTensors(loss, inputs);
      for (int i = 0; i < byInputs.size(); i++) {
        fetches.put(name + (i == 0 ? "by x" : "by initial " + (i - 1)), byInputs.get(i));
      }
    }

    private Operand<TFloat32> sum(Operand<TFloat32> x) {
      return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
    }

    void compare(List<String> names, String right) {
      store.initialize(session);
      Map<String, float[]> values = ParameterValues.read(session, store.trainables());
      values.replaceAll((name, old) -> gaussian(old.length));
      ParameterValues.assign(session, store, values);
      Map<String, float[]> plain = fetch(0f);
      for (float padding : PADDING) {
        Map<String, float[]> actual = fetch(padding);
        for (String name : names) {
          for (String key : fetches.keySet()) {
            if (key.startsWith(name)) {
              String what = key.substring(name.length());
              String as = key + ", padding " + padding;
              float[] got = get(actual, key);
              if (what.startsWith("last ")) {
                // a sequence without steps gives back what it came with, padding as it is
                assertThat(sequence(got, 2))
                    .as(as)
                    .containsExactly(sequence(get(actual, right + what), 2));
                for (int row : new int[] {0, 1, 3}) {
                  assertClose(as, sequence(got, row), sequence(get(plain, right + what), row));
                }
              } else {
                assertClose(as, got, get(plain, right + what));
                assertThat(got).as(as).containsExactly(get(plain, key));
              }
              if (what.equals("by x") || what.equals("outputs")) {
                assertZeroBehindTheEnd(as, got);
              }
            }
          }
        }
      }
      assertThat(fetches.keySet()).anyMatch(key -> key.startsWith(right + "by cell/"));
    }

    private float[] gaussian(int length) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] = (float) (0.5 * random.nextGaussian());
      }
      return values;
    }

    private Map<String, float[]> fetch(float padding) {
      Session.Runner runner = session.runner();
      List<Tensor> tensors = new ArrayList<>();
      fed.forEach(
          (placeholder, values) -> {
            TFloat32 tensor = tensor(placeholder, values, padding);
            tensors.add(tensor);
            runner.feed(placeholder, tensor);
          });
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
      } finally {
        tensors.forEach(Tensor::close);
      }
      return values;
    }

    private static TFloat32 tensor(
        Placeholder<TFloat32> placeholder, float[] values, float padding) {
      boolean series = placeholder.shape().numDimensions() == 3;
      int size = values.length / BATCH / (series ? STEPS : 1);
      float[] copy = values.clone();
      for (int i = 0; i < copy.length; i++) {
        int row = i / size % BATCH;
        boolean counts = series ? i / size / BATCH < MEANT[row] : MEANT[row] > 0;
        copy[i] = counts ? copy[i] : padding;
      }
      return TFloat32.tensorOf(
          series ? Shape.of(STEPS, BATCH, size) : Shape.of(BATCH, size), DataBuffers.of(copy));
    }

    private static ConfigProto unoptimised() {
      ConfigProto.Builder config = ConfigProto.newBuilder();
      config.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
      return config.build();
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  private static void assertZeroBehindTheEnd(String name, float[] series) {
    int size = series.length / STEPS / BATCH;
    for (int i = 0; i < series.length; i++) {
      if (i / size / BATCH >= MEANT[i / size % BATCH]) {
        assertThat(series[i]).as(name + " at " + i).isZero();
      }
    }
  }

  private static float[] sequence(float[] values, int row) {
    int size = values.length / BATCH;
    return Arrays.copyOfRange(values, row * size, (row + 1) * size);
  }

  private static float[] get(Map<String, float[]> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private static void assertClose(String name, float[] actual, float[] expected) {
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double norm = 1e-3;
    for (float value : expected) {
      norm = Math.max(norm, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]) / norm).as(name + " at " + i).isLessThan(1e-5);
    }
  }
}
