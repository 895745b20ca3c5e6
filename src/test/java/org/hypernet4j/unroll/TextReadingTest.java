// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.SoftWindowCell;
import org.hypernet4j.cell.SoftWindowSettings;
import org.hypernet4j.cell.SoftWindowState;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.cell.TextReadingCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A cell with a text in every way of running, and the texts of a batch apart from each other. */
class TextReadingTest {
  private static final int STEPS = 3;
  private static final int CHARACTERS = 3;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph, unoptimised());
  private final ParameterStore store = new ParameterStore(graph, 5L);
  private final Ops tf = store.root().child("test").tf();
  private final SoftWindowCell writer = writer(store.root());

  /** A layer that is projected ahead of the loop, and one that is not; masks; a wide product. */
  private static SoftWindowCell writer(ParameterScope scope) {
    SoftWindowSettings settings =
        SoftWindowSettings.vasquez(2, CHARACTERS)
            .withStepScale(1f)
            .withInitialStep(0.4f)
            .withOutputDropout(true);
    return new SoftWindowCell(
        scope,
        settings,
        List.of(
            new LstmCell(
                scope.child("low"),
                LstmCell.Settings.of(settings.layerInputSize(0, 2, 0), 33)
                    .withRecurrentDropout(true)),
            HyperLstmCell.withLstm(
                scope.child("mid"),
                HyperLstmCell.Settings.paper(settings.layerInputSize(1, 2, 33), 3, 2, 0f),
                LstmCell.Settings.of(settings.layerInputSize(1, 2, 33) + 3, 2)),
            new LstmCell(
                scope.child("top"), LstmCell.Settings.of(settings.layerInputSize(2, 2, 3), 4))));
  }

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

  /** Outputs, last state and all gradients, those by the text included: a loop and the unroll. */
  @ParameterizedTest
  @CsvSource({"true,false,false", "false,false,false", "true,true,false", "true,false,true"})
  void everyWayOfRunningGivesTheSame(boolean known, boolean recomputing, boolean compiled) {
    int batch = 3;
    Operand<TFloat32> xs = numbers(1, STEPS, batch, 2);
    Operand<TFloat32> text = numbers(2, batch, 5, CHARACTERS);
    Operand<TFloat32> given = known ? text : hidden(text, 3);
    TextReadingCell cell = writer.reading(tf, given, tf.constant(new int[] {5, 0, 3}));
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (StatePart part : cell.maskParts()) {
      masks.add(numbers(10 + masks.size(), STEPS, batch, part.size()));
    }
    ScanOptions options =
        ScanOptions.training()
            .withMasks(masks)
            .withLengths(compiled ? null : tf.constant(new int[] {3, 1, 2}))
            .withRecomputing(recomputing)
            .withXla(compiled);
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      parts.add(numbers(30 + parts.size(), batch, part.size()));
    }
    SoftWindowState initial = cell.stateLayout().state(parts);
    ScanResult<SoftWindowState> loop =
        Scan.run(tf, cell, known ? xs : hidden(xs, 3), initial, options);
    UnrollResult<SoftWindowState> unrolled =
        StaticUnroll.run(
            tf,
            cell,
            new ArrayList<>(tf.unstack(xs, (long) STEPS).output()),
            initial,
            options.withXla(false));
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    add(fetches, "loop ", cell, loop.outputs(), loop.finalState(), xs, text, parts);
    add(
        fetches,
        "unrolled ",
        cell,
        tf.stack(unrolled.outputs()),
        unrolled.finalState(),
        xs,
        text,
        parts);
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    int compared = 0;
    for (String name : fetches.keySet()) {
      if (name.startsWith("loop ")) {
        double[] expected = toDoubles(actual.get("unrolled " + name.substring("loop ".length())));
        assertThat(expected).as(name).doesNotContain(Double.NaN);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertClose(name, actual.get(name), expected, 2e-6 * Math.max(1, largest));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(cell.stateLayout().parts().size() + store.model().size());
  }

  private void add(
      Map<String, Operand<TFloat32>> fetches,
      String way,
      TextReadingCell cell,
      Operand<TFloat32> outputs,
      SoftWindowState last,
      Operand<TFloat32> xs,
      Operand<TFloat32> text,
      List<Operand<TFloat32>> initial) {
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
    List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(xs, text));
    // alpha and beta are told, not read
    initial.stream()
        .filter(part -> initial.indexOf(part) != initial.size() - 4)
        .filter(part -> initial.indexOf(part) != initial.size() - 3)
        .forEach(inputs::add);
    List<Operand<TFloat32>> byInputs = Gradients.byTensors(loss, inputs);
    for (int i = 0; i < inputs.size(); i++) {
      fetches.put(way + "gradient by input " + i, byInputs.get(i));
    }
  }

  /**
   * Three texts of 2, 4 and 0 characters, NaN behind them, against each alone in its own length:
   * outputs and the gradients by inputs and text. The derivative by what is past a text is 0.
   */
  @Test
  void nothingComesFromPastTheTextOrFromAnother() {
    int[] lengths = {2, 4, 0};
    float[][][] text = new float[3][5][CHARACTERS];
    Random random = new Random(8);
    for (int b = 0; b < 3; b++) {
      for (int u = 0; u < 5; u++) {
        for (int c = 0; c < CHARACTERS; c++) {
          text[b][u][c] = u < lengths[b] ? (float) random.nextGaussian() : Float.NaN;
        }
      }
    }
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    Operand<TFloat32> xs = numbers(1, STEPS, 3, 2);
    run(fetches, "all ", xs, constant(text), lengths);
    for (int b = 0; b < 3; b++) {
      int own = Math.max(1, lengths[b]); // one character that is not read where there is none
      run(
          fetches,
          b + " ",
          tf.slice(xs, tf.constant(new int[] {0, b, 0}), tf.constant(new int[] {-1, 1, -1})),
          constant(new float[][][] {Arrays.copyOf(text[b], own)}),
          new int[] {lengths[b]});
    }
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    for (String what : List.of("outputs", "by x", "by text")) {
      float[] all = actual.get("all " + what);
      assertThat(toDoubles(all)).as(what).doesNotContain(Double.NaN);
      for (int b = 0; b < 3; b++) {
        double[] own = toDoubles(actual.get(b + " " + what));
        double[] expected = own;
        float[] rows = new float[own.length];
        if (what.equals("by text")) {
          rows = Arrays.copyOfRange(all, b * 5 * CHARACTERS, (b + 1) * 5 * CHARACTERS);
          expected = Arrays.copyOf(own, rows.length); // zeros behind
        } else {
          int size = own.length / STEPS;
          for (int t = 0; t < STEPS; t++) {
            System.arraycopy(all, (t * 3 + b) * size, rows, t * size, size);
          }
        }
        assertClose(what + " of " + b, rows, expected, 1e-6);
      }
    }
  }

  private void run(
      Map<String, Operand<TFloat32>> fetches,
      String name,
      Operand<TFloat32> xs,
      Operand<TFloat32> text,
      int[] lengths) {
    TextReadingCell cell = writer.reading(tf, text, tf.constant(lengths));
    Operand<TFloat32> outputs =
        Scan.run(
                tf,
                cell,
                xs,
                cell.zeroState(tf, tf.constant(lengths.length)),
                ScanOptions.training().withNoDropout())
            .outputs();
    Operand<TFloat32> loss = Fetched.weightedSum(tf, tf.math.square(outputs), tf.constant(1f));
    List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, List.of(xs, text));
    fetches.put(name + "outputs", outputs);
    fetches.put(name + "by x", gradients.get(0));
    fetches.put(name + "by text", gradients.get(1));
  }

  private Operand<TFloat32> constant(float[][][] values) {
    return tf.constant(StdArrays.ndCopyOf(values));
  }

  private Operand<TFloat32> numbers(int seed, long... shape) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(Shape.of(shape).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }

  /** The same tensor, with sizes that are known only when the graph runs. */
  private Operand<TFloat32> hidden(Operand<TFloat32> tensor, int rank) {
    return tf.reshape(tensor, tf.placeholderWithDefault(tf.shape(tensor), Shape.of(rank)));
  }

  /** Two texts bound to one cell, read with the same values: each step reads its own. */
  @Test
  void twoTextsOfOneCellStayApart() {
    Operand<TInt32> one = tf.constant(new int[][] {{0, 1, 2, 0}});
    Operand<TInt32> other = tf.constant(new int[][] {{2, 2, 1, 1}});
    CellValues values = CellValues.make(tf);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    for (String name : List.of("one", "other")) {
      TextReadingCell cell = writer.readingIds(tf, name.equals("one") ? one : other, null);
      Operand<TFloat32> x = numbers(3, 1, 2);
      SoftWindowState zero = cell.zeroState(tf, tf.constant(1));
      fetches.put(
          name, cell.advance(tf, values, cell.project(tf, values, x), zero, List.of()).state().w());
      fetches.put(name + " alone", cell.step(tf, x, zero).state().w());
      fetches.put(
          name + " by ids",
          cell.advance(
                  tf,
                  values,
                  cell.projectOneHot(tf, values, tf.constant(new int[] {1})),
                  zero,
                  List.of())
              .state()
              .w());
      fetches.put(
          name + " by one-hot",
          cell.step(tf, tf.constant(new float[][] {{0, 1}}), zero).state().w());
    }
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    assertThat(actual.get("one")).isNotEqualTo(actual.get("other"));
    for (String name : List.of("one", "other")) {
      assertClose(name, actual.get(name), toDoubles(actual.get(name + " alone")), 1e-6);
      assertClose(
          name, actual.get(name + " by ids"), toDoubles(actual.get(name + " by one-hot")), 1e-6);
    }
  }

  @Test
  void aTextForEachSequence() {
    Operand<TInt32> ids = tf.constant(new int[][] {{0, 1}});
    TextReadingCell one = writer.readingIds(tf, ids, null);
    Operand<TFloat32> x = numbers(3, 3, 2);
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> one.step(tf, x, one.zeroState(tf, tf.constant(3))))
        .withMessage(
            "soft window cell: there is not one text for each sequence; expected 3, the sequences"
                + " of the batch, received 1 texts. Repeat a text that several sequences read.");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> writer.reading(tf, numbers(1, 2, 4, 4), null))
        .withMessageContaining("text of a soft window")
        .withMessageContaining("characters");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> writer.readingIds(tf, ids, tf.constant(new int[] {2, 2})))
        .withMessageContaining("lengths");
    // where sizes are known only when the graph runs, the run refuses them
    TextReadingCell later = writer.reading(tf, hidden(numbers(1, 1, 4, CHARACTERS), 3), null);
    Operand<TFloat32> w = later.step(tf, x, later.zeroState(tf, tf.constant(3))).state().w();
    store.initialize(session);
    assertThatThrownBy(() -> session.runner().fetch(w).run()).hasMessageContaining("[3,1,4]");
  }

  @Test
  void tellsTheWeightsThatAHypernetworkMakes() {
    TextReadingCell cell = writer.readingIds(tf, tf.constant(new int[][] {{0, 1}}), null);
    CellValues values = CellValues.make(tf);
    assertThat(
            cell.dynamicWeights(
                tf,
                values,
                cell.project(tf, values, numbers(3, 1, 2)),
                cell.zeroState(tf, tf.constant(1))))
        .extracting(weight -> weight.name())
        .containsExactly("layer1/W_h", "layer1/W_x", "layer1/beta");
  }
}
