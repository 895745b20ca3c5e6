// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.cell.AttendingCell;
import org.hypernet4j.cell.Attention;
import org.hypernet4j.cell.AttentionCell;
import org.hypernet4j.cell.AttentionMemory;
import org.hypernet4j.cell.AttentionSettings;
import org.hypernet4j.cell.AttentionState;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperLstmState;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A cell with a memory in every way of running, and the memories of a batch apart. */
class AttendingTest {
  private static final int STEPS = 3;
  private static final int UNITS = 5;
  private static final int WIDTH = 3;
  private static final int PLACES = 5;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph, unoptimised());
  private final ParameterStore store = new ParameterStore(graph, 5L);
  private final Ops tf = store.root().child("test").tf();

  /** Optimising the graphs would take most of the time. */
  private static ConfigProto unoptimised() {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return config.build();
  }

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  private Attention attention(boolean additive) {
    return new Attention(
        store.root().child("attention"),
        additive
            ? AttentionSettings.additive(UNITS, WIDTH, 6).withNormalisation(true)
            : AttentionSettings.multiplicative(UNITS, WIDTH).withScale(true));
  }

  private AttentionCell<HyperLstmState<LstmState>> hyper(Attention attention) {
    return new AttentionCell<>(
        HyperLstmCell.withLstm(
            store.root().child("hyper"),
            HyperLstmCell.Settings.paper(2 + WIDTH, UNITS, 2, 1e-3f).withRecurrentDropout(true),
            LstmCell.Settings.of(2 + WIDTH + UNITS, 3).withRecurrentDropout(true)),
        attention);
  }

  private AttentionCell<LstmState> lstm(Attention attention) {
    return new AttentionCell<>(
        new LstmCell(store.root().child("lstm"), LstmCell.Settings.of(2 + WIDTH, UNITS)),
        attention);
  }

  /** Outputs, last state and all gradients, that by the memory included: a loop and the unroll. */
  @ParameterizedTest
  @CsvSource({
    "true,true,false,false",
    "false,true,false,false",
    "true,false,true,false",
    "false,false,false,false",
    "true,true,false,true",
    "true,false,false,true"
  })
  void everyWayOfRunningGivesTheSame(
      boolean known, boolean additive, boolean recomputing, boolean compiled) {
    Operand<TFloat32> xs = numbers(1, STEPS, 3, 2);
    Operand<TFloat32> memory = numbers(2, 3, PLACES, WIDTH);
    Attention attention = attention(additive);
    AttendingCell<HyperLstmState<LstmState>> cell =
        hyper(attention)
            .withContextOut(additive)
            .reading(
                attention.over(
                    tf, known ? memory : hidden(memory, 3), tf.constant(new int[] {5, 1, 3})));
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (StatePart part : cell.maskParts()) {
      masks.add(numbers(10 + masks.size(), STEPS, 3, part.size()));
    }
    ScanOptions options =
        ScanOptions.training()
            .withMasks(masks)
            .withLengths(compiled ? null : tf.constant(new int[] {3, 1, 2}))
            .withRecomputing(recomputing)
            .withXla(compiled);
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      parts.add(numbers(30 + parts.size(), 3, part.size()));
    }
    AttentionState<HyperLstmState<LstmState>> initial = cell.stateLayout().state(parts);
    var loop = Scan.run(tf, cell, known ? xs : hidden(xs, 3), initial, options);
    var unrolled =
        StaticUnroll.run(
            tf,
            cell,
            new ArrayList<>(tf.unstack(xs, (long) STEPS).output()),
            initial,
            options.withXla(false));
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(xs, memory));
    inputs.addAll(parts);
    add(fetches, "loop ", cell, loop.outputs(), loop.finalState(), inputs);
    add(fetches, "unrolled ", cell, tf.stack(unrolled.outputs()), unrolled.finalState(), inputs);
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    int compared = 0;
    for (String name : fetches.keySet()) {
      if (name.startsWith("loop ")) {
        double[] expected = toDoubles(actual.get("unrolled " + name.substring("loop ".length())));
        assertThat(expected).as(name).doesNotContain(Double.NaN);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        if (!name.endsWith("embedding/A_b")) { // what it is multiplied by starts at zero
          assertThat(largest).as(name).isPositive();
        }
        assertClose(name, actual.get(name), expected, 2e-6 * Math.max(1, largest));
        compared++;
      }
    }
    assertThat(compared)
        .isEqualTo(1 + cell.stateLayout().parts().size() + store.model().size() + inputs.size());
  }

  private <S> void add(
      Map<String, Operand<TFloat32>> fetches,
      String way,
      RnnCell<S> cell,
      Operand<TFloat32> outputs,
      S last,
      List<Operand<TFloat32>> inputs) {
    fetches.put(way + "outputs", outputs);
    Operand<TFloat32> loss =
        Fetched.weightedSum(tf, outputs, numbers(50, STEPS, 3, cell.outputSize()));
    List<Operand<TFloat32>> parts = cell.stateLayout().tensors(last);
    for (int i = 0; i < parts.size(); i++) {
      StatePart part = cell.stateLayout().parts().get(i);
      fetches.put(way + "last " + part.name(), parts.get(i));
      loss =
          tf.math.add(loss, Fetched.weightedSum(tf, parts.get(i), numbers(60 + i, 3, part.size())));
    }
    Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
    gradients.forEach((p, gradient) -> fetches.put(way + "gradient by " + p.name(), gradient));
    List<Operand<TFloat32>> byInputs = Gradients.byTensors(loss, inputs);
    for (int i = 0; i < inputs.size(); i++) {
      fetches.put(way + "gradient by input " + i, byInputs.get(i));
    }
  }

  /**
   * Three memories of 2, 4 and 1 rows, NaN behind them, against each alone in its own length:
   * outputs, alignments and the gradients by inputs and memory. The derivative by what is behind a
   * length is 0, and so is its weight.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingComesFromBehindTheMemoryOrFromAnother(boolean additive) {
    int[] lengths = {2, 4, 1};
    float[] memory = new float[3 * PLACES * WIDTH];
    Random random = new Random(8);
    for (int i = 0; i < memory.length; i++) {
      int place = i / WIDTH % PLACES;
      memory[i] = place < lengths[i / (PLACES * WIDTH)] ? (float) random.nextGaussian() : Float.NaN;
    }
    Attention attention = attention(additive);
    AttentionCell<LstmState> cell = lstm(attention);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    Operand<TFloat32> xs = numbers(1, STEPS, 3, 2);
    run(fetches, "all ", cell, attention, xs, constant(memory, 3, PLACES, WIDTH), lengths);
    for (int b = 0; b < 3; b++) {
      int from = b * PLACES * WIDTH;
      run(
          fetches,
          b + " ",
          cell,
          attention,
          tf.slice(xs, tf.constant(new int[] {0, b, 0}), tf.constant(new int[] {-1, 1, -1})),
          constant(
              Arrays.copyOfRange(memory, from, from + lengths[b] * WIDTH), 1, lengths[b], WIDTH),
          new int[0]);
    }
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    for (int b = 0; b < 3; b++) {
      double[] byMemory =
          Arrays.copyOf(toDoubles(actual.get(b + " by memory")), PLACES * WIDTH); // zeros behind
      assertClose("by memory " + b, part(actual.get("all by memory"), b), byMemory, 1e-6);
      float[] alignments = part(actual.get("all alignments"), b);
      for (int t = 0; t < STEPS; t++) {
        double[] expected =
            Arrays.copyOfRange(
                toDoubles(actual.get(b + " alignments")), t * lengths[b], (t + 1) * lengths[b]);
        float[] row = Arrays.copyOfRange(alignments, t * PLACES, (t + 1) * PLACES);
        assertClose("alignments", row, Arrays.copyOf(expected, PLACES), 1e-6);
        for (int s = lengths[b]; s < PLACES; s++) {
          assertThat(row[s]).isEqualTo(0f);
        }
      }
      for (String what : List.of("outputs", "by x")) {
        double[] expected = toDoubles(actual.get(b + " " + what));
        int size = expected.length / STEPS;
        float[] rows = new float[expected.length];
        for (int t = 0; t < STEPS; t++) {
          System.arraycopy(actual.get("all " + what), (t * 3 + b) * size, rows, t * size, size);
        }
        assertClose(what + " of " + b, rows, expected, 1e-6);
      }
    }
  }

  private static float[] part(float[] all, int index) {
    int size = all.length / 3;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  private void run(
      Map<String, Operand<TFloat32>> fetches,
      String name,
      AttentionCell<LstmState> attends,
      Attention attention,
      Operand<TFloat32> xs,
      Operand<TFloat32> memory,
      int[] lengths) {
    AttentionMemory read =
        attention.over(tf, memory, lengths.length == 0 ? null : tf.constant(lengths));
    AttendingCell<LstmState> cell = attends.reading(read);
    Operand<TFloat32> outputs =
        Scan.run(
                tf,
                cell,
                xs,
                cell.zeroState(tf, tf.constant((int) memory.shape().get(0))),
                ScanOptions.training())
            .outputs();
    Operand<TFloat32> alignments =
        read.alignments(
            tf,
            CellValues.make(tf),
            tf.linalg.transpose(outputs, tf.constant(new int[] {1, 0, 2})));
    Operand<TFloat32> loss =
        tf.math.add(
            Fetched.weightedSum(tf, tf.math.square(outputs), tf.constant(1f)),
            Fetched.weightedSum(tf, tf.math.square(alignments), tf.constant(1f)));
    List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, List.of(xs, memory));
    fetches.put(name + "outputs", outputs);
    fetches.put(name + "alignments", alignments);
    fetches.put(name + "by x", gradients.get(0));
    fetches.put(name + "by memory", gradients.get(1));
  }

  /** Row b * 3 + k of the beams attends to memory b, as if that had been repeated. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void beamsShareAMemory(boolean additive, boolean known) {
    Attention attention = attention(additive);
    Operand<TFloat32> memory = numbers(2, 2, PLACES, WIDTH);
    Operand<TFloat32> repeated =
        tf.reshape(
            tf.tile(tf.expandDims(memory, tf.constant(1)), tf.constant(new int[] {1, 3, 1, 1})),
            tf.constant(new int[] {6, PLACES, WIDTH}));
    AttentionCell<HyperLstmState<LstmState>> attends = hyper(attention);
    Operand<TFloat32> x = known ? numbers(3, 6, 2) : hidden(numbers(3, 6, 2), 2);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    for (String way : List.of("beams ", "tiled ")) {
      boolean beams = way.equals("beams ");
      Operand<TFloat32> read = beams ? memory : repeated;
      AttentionMemory over =
          attention.over(
              tf,
              known ? read : hidden(read, 3),
              tf.constant(beams ? new int[] {4, 2} : new int[] {4, 4, 4, 2, 2, 2}));
      var cell = beams ? attends.readingBeams(over, 3) : attends.reading(over);
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (StatePart part : cell.stateLayout().parts()) {
        parts.add(numbers(30 + parts.size(), 6, part.size()));
      }
      CellValues values = CellValues.make(tf);
      var attended =
          cell.attend(
              tf, values, cell.project(tf, values, x), cell.stateLayout().state(parts), List.of());
      fetches.put(way + "output", attended.step().output());
      fetches.put(way + "context", attended.step().state().context());
      fetches.put(way + "alignments", attended.alignments());
      assertThat(attended.alignments().shape().numDimensions()).isEqualTo(2);
    }
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    for (String name : List.of("output", "context", "alignments")) {
      assertClose(name, actual.get("beams " + name), toDoubles(actual.get("tiled " + name)), 1e-6);
    }
    float[] alignments = actual.get("beams alignments");
    for (int row = 0; row < 6; row++) {
      double sum = 0;
      for (int s = 0; s < PLACES; s++) {
        float weight = alignments[row * PLACES + s];
        sum += weight;
        if (s < (row < 3 ? 4 : 2)) {
          assertThat(weight).isPositive();
        } else {
          assertThat(weight).isEqualTo(0f);
        }
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
  }

  /** A server keeps memory and keys between requests: the same step as from the encoder. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStepTakesMemoryAndKeysOfAnEarlierRun(boolean additive) {
    Attention attention = attention(additive);
    AttentionCell<LstmState> attends = lstm(attention);
    Operand<TInt32> lengths = tf.constant(new int[] {4, 2});
    AttentionMemory made = attention.over(tf, numbers(2, 2, PLACES, WIDTH), lengths);
    AttentionMemory given =
        attention.over(tf, hidden(made.memory(), 3), hidden(made.keys(), 3), lengths);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    fetches.put("made", context(attends.reading(made)));
    fetches.put("given", context(attends.reading(given)));
    AttentionMemory wrong =
        attention.over(
            tf,
            hidden(made.memory(), 3),
            hidden(numbers(3, 1, PLACES, keySize(attention)), 3),
            lengths);
    Operand<TFloat32> never = context(attends.reading(wrong));
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    assertThat(actual.get("given")).containsExactly(actual.get("made"));
    assertThatThrownBy(() -> session.runner().fetch(never).run())
        .hasMessageContaining("memory, keys: wrong first sizes");
  }

  private static int keySize(Attention attention) {
    return attention.settings().units();
  }

  private Operand<TFloat32> context(AttendingCell<LstmState> cell) {
    return cell.step(tf, numbers(3, 2, 2), cell.zeroState(tf, tf.constant(2))).state().context();
  }

  @Test
  void aSourceOfLength0StopsTheRun() {
    Attention attention = attention(true);
    Operand<TFloat32> memory = numbers(2, 2, PLACES, WIDTH);
    Operand<TInt32> lengths = tf.placeholderWithDefault(tf.constant(new int[] {3, 0}), Shape.of(2));
    AttentionCell<LstmState> attends = lstm(attention);
    Operand<TFloat32> context = context(attends.reading(attention.over(tf, memory, lengths)));
    Operand<TFloat32> unchecked =
        context(attends.reading(attention.overChecked(tf, memory, lengths)));
    Operand<TFloat32> none =
        context(
            attends.reading(
                attention.over(
                    tf,
                    hidden(tf.zeros(tf.constant(new int[] {2, 0, WIDTH}), TFloat32.class), 3),
                    null)));
    store.initialize(session);
    for (int wrong : new int[] {0, -1, PLACES + 1}) {
      try (TInt32 fed = TInt32.vectorOf(3, wrong)) {
        assertThatThrownBy(() -> session.runner().feed(lengths, fed).fetch(context).run())
            .hasMessageContaining(
                "attention attention: nothing to attend to, or a length beyond the memory;"
                    + " expected 1 to")
            .hasMessageContaining("[3 " + wrong + "]");
      }
    }
    assertThatThrownBy(() -> session.runner().fetch(none).run())
        .hasMessageContaining("attention attention: nothing to attend to: the memory has no rows");
    // who has checked them before may pad a batch with empty rows: they read zeros
    float[] both = Fetched.of(session, Map.of("context", unchecked)).get("context");
    assertThat(Arrays.copyOfRange(both, 0, WIDTH)).doesNotContain(0f, Float.NaN);
    assertThat(Arrays.copyOfRange(both, WIDTH, 2 * WIDTH)).containsOnly(0f);
  }

  /** Where sizes are known only when the graph runs, one memory is not read by a whole batch. */
  @ParameterizedTest
  @CsvSource({"true,1,3", "false,1,3", "true,3,1", "false,3,1"})
  void oneMemoryIsNotRepeated(boolean additive, int memories, int rows) {
    Attention attention = attention(additive);
    AttentionMemory memory =
        attention.over(tf, hidden(numbers(2, memories, PLACES, WIDTH), 3), null);
    AttendingCell<LstmState> cell = lstm(attention).reading(memory);
    Operand<TFloat32> x = hidden(numbers(3, rows, 2), 2);
    Operand<TFloat32> context =
        cell.step(
                tf,
                x,
                cell.zeroState(tf, tf.placeholderWithDefault(tf.constant(rows), Shape.scalar())))
            .state()
            .context();
    Operand<TFloat32> alignments =
        memory.alignments(tf, CellValues.make(tf), hidden(numbers(4, rows, 2, UNITS), 3));
    store.initialize(session);
    assertThatThrownBy(() -> session.runner().fetch(context).run())
        .isInstanceOf(TFInvalidArgumentException.class);
    assertThatThrownBy(() -> session.runner().fetch(alignments).run())
        .isInstanceOf(TFInvalidArgumentException.class);
  }

  @Test
  void tellsTheWeightsThatAHypernetworkMakes() {
    Attention attention = attention(true);
    var cell = hyper(attention).reading(attention.over(tf, numbers(2, 1, PLACES, WIDTH), null));
    CellValues values = CellValues.make(tf);
    assertThat(
            cell.dynamicWeights(
                tf,
                values,
                cell.project(tf, values, numbers(3, 1, 2)),
                cell.zeroState(tf, tf.constant(1))))
        .extracting(weight -> weight.name())
        .containsExactly("W_h", "W_x", "beta");
    assertThat(cell.stateLayout().parts())
        .extracting(StatePart::name)
        .containsExactly("cell/main/c", "cell/main/h", "cell/hyper/c", "cell/hyper/h", "context");
    assertThat(cell.maskParts())
        .extracting(StatePart::name)
        .containsExactly("cell/main/tanh_g", "cell/hyper/tanh_g");
  }

  private Operand<TFloat32> constant(float[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }

  private Operand<TFloat32> numbers(int seed, long... shape) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(Shape.of(shape).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return constant(values, shape);
  }

  /** The same tensor, with sizes that are known only when the graph runs. */
  private Operand<TFloat32> hidden(Operand<TFloat32> tensor, int rank) {
    return tf.reshape(tensor, tf.placeholderWithDefault(tf.shape(tensor), Shape.of(rank)));
  }
}
