// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.hypernet4j.fixtures.Tensors;
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
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A cell with a memory in every way of running, and the memories of a batch apart. */
class AttendingTest {
  private static final int STEPS = 3;
  private static final int UNITS = 5;
  private static final int WIDTH = 3;
  private static final int PLACES = 5;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph, Tensors.unoptimised());
  private final ParameterStore store = new ParameterStore(graph, 5L);
  private final Ops tf = store.root().child("test").tf();
  private final Tensors make = new Tensors(tf);

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
    Operand<TFloat32> xs = make.numbers(1, STEPS, 3, 2);
    Operand<TFloat32> memory = make.numbers(2, 3, PLACES, WIDTH);
    Attention attention = attention(additive);
    AttendingCell<HyperLstmState<LstmState>> cell =
        hyper(attention)
            .withContextOut(additive)
            .reading(
                attention.over(
                    tf, known ? memory : make.hidden(memory), tf.constant(new int[] {5, 1, 3})));
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (StatePart part : cell.maskParts()) {
      masks.add(make.numbers(10 + masks.size(), STEPS, 3, part.size()));
    }
    ScanOptions options =
        ScanOptions.training()
            .withMasks(masks)
            .withLengths(compiled ? null : tf.constant(new int[] {3, 1, 2}))
            .withRecomputing(recomputing)
            .withXla(compiled);
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      parts.add(make.numbers(30 + parts.size(), 3, part.size()));
    }
    AttentionState<HyperLstmState<LstmState>> initial = cell.stateLayout().state(parts);
    var loop = Scan.run(tf, cell, known ? xs : make.hidden(xs), initial, options);
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
        Fetched.weightedSum(tf, outputs, make.numbers(50, STEPS, 3, cell.outputSize()));
    List<Operand<TFloat32>> parts = cell.stateLayout().tensors(last);
    for (int i = 0; i < parts.size(); i++) {
      StatePart part = cell.stateLayout().parts().get(i);
      fetches.put(way + "last " + part.name(), parts.get(i));
      loss =
          tf.math.add(
              loss, Fetched.weightedSum(tf, parts.get(i), make.numbers(60 + i, 3, part.size())));
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
    Operand<TFloat32> xs = make.numbers(1, STEPS, 3, 2);
    run(fetches, "all ", cell, attention, xs, make.constant(memory, 3, PLACES, WIDTH), lengths);
    for (int b = 0; b < 3; b++) {
      int from = b * PLACES * WIDTH;
      run(
          fetches,
          b + " ",
          cell,
          attention,
          tf.slice(xs, tf.constant(new int[] {0, b, 0}), tf.constant(new int[] {-1, 1, -1})),
          make.constant(
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

  @Test
  void tellsTheWeightsThatAHypernetworkMakes() {
    Attention attention = attention(true);
    var cell =
        hyper(attention).reading(attention.over(tf, make.numbers(2, 1, PLACES, WIDTH), null));
    CellValues values = CellValues.make(tf);
    assertThat(
            cell.dynamicWeights(
                tf,
                values,
                cell.project(tf, values, make.numbers(3, 1, 2)),
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
}
