// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.SoftWindowCell;
import org.hypernet4j.cell.SoftWindowSettings;
import org.hypernet4j.cell.SoftWindowState;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.cell.TextReadingCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.internal.Loop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBool;
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
                scope.child("top"),
                LstmCell.Settings.of(settings.layerInputSize(2, 2, 3), 4))));
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
        double[] expected =
            toDoubles(actual.get("unrolled " + name.substring("loop ".length())));
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
          tf.math.add(
              loss, Fetched.weightedSum(tf, parts.get(i), numbers(60 + i, 3, part.size())));
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
          name,
          cell.advance(tf, values, cell.project(tf, values, x), zero, List.of()).state().w());
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
          name + " by one-hot", cell.step(tf, tf.constant(new float[][] {{0, 1}}), zero).state().w());
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

  /**
   * phi, the character and Graves' end of three texts of 3, 2 and 0 characters, by the formula in
   * double, for states of a window on the text, at its end and so far past it that phi is 0 in
   * float32 everywhere.
   */
  @ParameterizedTest
  @CsvSource({"1, 0.4", "1, 2.5", "1, 3.7", "1, 200", "0, 0.4", "0, 1.7", "0, 2.6", "0, 200"})
  void tellsWhereItReads(int first, double at) {
    SoftWindowSettings settings =
        SoftWindowSettings.graves(2, CHARACTERS).withFirstPosition(first);
    SoftWindowCell graves =
        new SoftWindowCell(
            store.root().child("graves"),
            settings,
            List.of(
                new LstmCell(
                    store.root().child("graves/layer0"), LstmCell.Settings.of(1 + CHARACTERS, 2))));
    int[] lengths = {3, 2, 0};
    TextReadingCell cell =
        graves.readingIds(
            tf, tf.constant(new int[][] {{0, 1, 2}, {1, 1, 1}, {2, 2, 2}}), tf.constant(lengths));
    double[][] alpha = {{1, 0.5}, {0.25, 2}, {1, 1}};
    double[][] beta = {{1, 3}, {0.5, 1}, {1, 1}};
    double[][] kappa = {{at, at - 0.25}, {at, at + 0.5}, {at, at}};
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      double[][] given =
          switch (part.name()) {
            case "window/alpha" -> alpha;
            case "window/beta" -> beta;
            case "window/kappa" -> kappa;
            default -> new double[3][part.size()];
          };
      float[][] floats = new float[3][part.size()];
      for (int b = 0; b < 3; b++) {
        for (int i = 0; i < part.size(); i++) {
          floats[b][i] = (float) given[b][i];
        }
      }
      parts.add(tf.constant(floats));
    }
    CellValues values = CellValues.make(tf);
    SoftWindowState state = cell.stateLayout().state(parts);
    store.initialize(session);
    try (Result result =
        session
            .runner()
            .fetch(cell.phi(tf, values, state))
            .fetch(cell.character(tf, values, state))
            .fetch(cell.finished(tf, values, state))
            .fetch(cell.finished(tf, values, cell.zeroState(tf, tf.constant(3))))
            .run()) {
      for (int b = 0; b < 3; b++) {
        int best = 0;
        double[] logs = new double[lengths[b] + 1];
        for (int u = 0; u <= lengths[b]; u++) {
          double[] terms = new double[2];
          for (int k = 0; k < 2; k++) {
            terms[k] = Math.log(alpha[b][k]) - beta[b][k] * Math.pow(kappa[b][k] - u - first, 2);
          }
          double most = Math.max(terms[0], terms[1]);
          logs[u] = most + Math.log(Math.exp(terms[0] - most) + Math.exp(terms[1] - most));
          best = logs[u] > logs[best] ? u : best;
        }
        for (int u = 0; u < 3; u++) {
          double expected = u < lengths[b] ? Math.exp(logs[u]) : 0;
          assertThat(((TFloat32) result.get(0)).getFloat(b, u))
              .as("phi(%d) of %d", u, b)
              .isCloseTo((float) expected, within(2e-6f));
        }
        assertThat(((TInt32) result.get(1)).getInt(b)).isEqualTo(best);
        assertThat(((TBool) result.get(2)).getBoolean(b)).isEqualTo(best == lengths[b]);
        assertThat(((TBool) result.get(3)).getBoolean(b)).isFalse();
      }
    }
  }

  /** Writing until the end of the text, in a loop of the graph, and its alignment from a scan. */
  @Test
  void aLoopWritesUntilTheTextIsRead() {
    Operand<TFloat32> x = numbers(3, 2, 2);
    Operand<TInt32> lengths = tf.constant(new int[] {3, 5});
    TextReadingCell cell =
        writer.readingIds(
            tf, tf.constant(new int[][] {{0, 1, 2, 0, 0}, {2, 1, 0, 1, 2}}), lengths);
    Operand<?> steps;
    try (Loop loop = new Loop(tf, "write")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(tf.constant(0));
      Output<TInt32> last = loop.variable(tf.constant(new int[] {-1, -1}));
      Output<TInt32> end = loop.variable(tf.constant(100)); // enough
      List<Output<TFloat32>> state = new ArrayList<>();
      for (Operand<TFloat32> part :
          cell.stateLayout().tensors(cell.zeroState(tf, tf.constant(2)))) {
        state.add(loop.variable(part));
      }
      CellValues values = CellValues.make(tf).inLoop(loop::invariant);
      CellStep<SoftWindowState> step =
          cell.advance(
              body,
              values,
              cell.project(body, values, loop.invariant(x)),
              cell.stateLayout().state(state),
              List.of());
      List<Operand<TFloat32>> next = cell.stateLayout().tensors(step.state());
      for (int i = 0; i < next.size(); i++) {
        loop.next(state.get(i), next.get(i));
      }
      Operand<TBool> ended = cell.finished(body, values, step.state());
      loop.next(
          last,
          body.select(
              body.math.logicalAnd(ended, body.math.less(last, body.constant(0))), body.math.add(body.zerosLike(last), t), last));
      loop.next(
          end, body.select(body.reduceAll(ended, body.constant(0)), body.constant(0), end));
      loop.next(t, body.math.add(t, body.constant(1)));
      Loop.Results results =
          loop.build(
              (ops, at) -> ops.math.less(Loop.number(at.apply(t)), Loop.number(at.apply(end))));
      steps = results.of(last);
    }
    StateOutputCell<SoftWindowState> told = new StateOutputCell<>(cell);
    Operand<TFloat32> states =
        Scan.run(
                tf,
                told,
                tf.tile(tf.expandDims(x, tf.constant(0)), tf.constant(new int[] {40, 1, 1})),
                told.zeroState(tf, tf.constant(2)),
                ScanOptions.inference())
            .outputs();
    int[] sizes = cell.stateLayout().parts().stream().mapToInt(StatePart::size).toArray();
    List<Operand<TFloat32>> series =
        new ArrayList<>(
            tf.splitV(states, tf.constant(sizes), tf.constant(2), (long) sizes.length).output());
    CellValues values = CellValues.make(tf);
    SoftWindowState all = cell.stateLayout().state(series);
    store.initialize(session);
    try (Result result =
        session
            .runner()
            .fetch(steps)
            .fetch(cell.finished(tf, values, all))
            .fetch(cell.phi(tf, values, all))
            .run()) {
      TBool ended = (TBool) result.get(1);
      for (int b = 0; b < 2; b++) {
        int end = 0;
        while (!ended.getBoolean(end, b)) {
          end++;
        }
        assertThat(((TInt32) result.get(0)).getInt(b)).isEqualTo(end).isPositive();
      }
      assertThat(result.get(2).shape()).isEqualTo(Shape.of(40, 2, 5));
      TFloat32 phi = (TFloat32) result.get(2);
      assertThat(phi.getFloat(20, 0, 3)).isZero();
      assertThat(phi.getFloat(2, 1, 3)).isPositive();
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
