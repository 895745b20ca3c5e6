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
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.Tensors;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.internal.Loop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What memories there may be: shared by beams, kept from an earlier run, empty, too few. */
class AttentionMemoryTest {
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

  /** Row b * 3 + k of the beams attends to memory b, as if that had been repeated. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void beamsShareAMemory(boolean additive, boolean known) {
    Attention attention = attention(additive);
    Operand<TFloat32> memory = make.numbers(2, 2, PLACES, WIDTH);
    Operand<TFloat32> repeated =
        tf.reshape(
            tf.tile(tf.expandDims(memory, tf.constant(1)), tf.constant(new int[] {1, 3, 1, 1})),
            tf.constant(new int[] {6, PLACES, WIDTH}));
    AttentionCell<HyperLstmState<LstmState>> attends = hyper(attention);
    Operand<TFloat32> x = known ? make.numbers(3, 6, 2) : make.hidden(make.numbers(3, 6, 2));
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    for (String way : List.of("beams ", "tiled ")) {
      boolean beams = way.equals("beams ");
      Operand<TFloat32> read = beams ? memory : repeated;
      AttentionMemory over =
          attention.over(
              tf,
              known ? read : make.hidden(read),
              tf.constant(beams ? new int[] {4, 2} : new int[] {4, 4, 4, 2, 2, 2}));
      var cell = beams ? attends.readingBeams(over, 3) : attends.reading(over);
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (StatePart part : cell.stateLayout().parts()) {
        parts.add(make.numbers(30 + parts.size(), 6, part.size()));
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
    AttentionMemory made = attention.over(tf, make.numbers(2, 2, PLACES, WIDTH), lengths);
    AttentionMemory given =
        attention.over(tf, make.hidden(made.memory()), make.hidden(made.keys()), lengths);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    fetches.put("made", context(attends.reading(made)));
    fetches.put("given", context(attends.reading(given)));
    AttentionMemory wrong =
        attention.over(
            tf,
            make.hidden(made.memory()),
            make.hidden(make.numbers(3, 1, PLACES, keySize(attention))),
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
    return cell.step(tf, make.numbers(3, 2, 2), cell.zeroState(tf, tf.constant(2)))
        .state()
        .context();
  }

  /** A loop of one's own, as a search builds it: three steps of beams against the same unrolled. */
  @Test
  void aStepStandsInALoopOfOnesOwn() {
    Attention attention = attention(true);
    AttentionMemory memory =
        attention.over(tf, make.numbers(2, 2, PLACES, WIDTH), tf.constant(new int[] {4, 2}));
    AttendingCell<LstmState> cell = lstm(attention).readingBeams(memory, 3);
    Operand<TFloat32> x = make.numbers(3, 6, 2);
    CellValues values = CellValues.make(tf);
    AttentionState<LstmState> zero = cell.zeroState(tf, tf.constant(6));
    AttendingCell.Attended<LstmState> step =
        cell.attend(tf, values, cell.project(tf, values, x), zero, List.of());
    for (int more = 0; more < 2; more++) {
      AttentionState<LstmState> before = step.step().state();
      step = cell.attend(tf, values, cell.project(tf, values, x), before, List.of());
    }
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    fetches.put("context", step.step().state().context());
    fetches.put("alignments", step.alignments());
    try (Loop loop = new Loop(tf, "search")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(tf.constant(0));
      List<Output<TFloat32>> state = new ArrayList<>();
      cell.stateLayout().tensors(zero).forEach(part -> state.add(loop.variable(part)));
      Output<TFloat32> last = loop.variable(tf.zerosLike(step.alignments()));
      CellValues inside = values.inLoop(loop::invariant);
      AttendingCell.Attended<LstmState> one =
          cell.attend(
              body,
              inside,
              cell.project(body, inside, loop.invariant(x)),
              cell.stateLayout().state(state),
              List.of());
      List<Operand<TFloat32>> next = cell.stateLayout().tensors(one.step().state());
      for (int i = 0; i < state.size(); i++) {
        loop.next(state.get(i), next.get(i));
      }
      loop.next(last, one.alignments());
      loop.next(t, body.math.add(t, body.constant(1)));
      Loop.Results ended =
          loop.build((ops, at) -> ops.math.less(Loop.number(at.apply(t)), ops.constant(3)));
      fetches.put("context in a loop", ended.of(state.get(state.size() - 1)));
      fetches.put("alignments in a loop", ended.of(last));
    }
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    for (String name : List.of("context", "alignments")) {
      assertClose(name, actual.get(name + " in a loop"), toDoubles(actual.get(name)), 1e-6);
    }
  }

  @Test
  void aSourceOfLength0StopsTheRun() {
    Attention attention = attention(true);
    Operand<TFloat32> memory = make.numbers(2, 2, PLACES, WIDTH);
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
                    make.hidden(tf.zeros(tf.constant(new int[] {2, 0, WIDTH}), TFloat32.class)),
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
        attention.over(tf, make.hidden(make.numbers(2, memories, PLACES, WIDTH)), null);
    AttendingCell<LstmState> cell = lstm(attention).reading(memory);
    Operand<TFloat32> x = make.hidden(make.numbers(3, rows, 2));
    Operand<TFloat32> context =
        cell.step(
                tf,
                x,
                cell.zeroState(tf, tf.placeholderWithDefault(tf.constant(rows), Shape.scalar())))
            .state()
            .context();
    Operand<TFloat32> alignments =
        memory.alignments(tf, CellValues.make(tf), make.hidden(make.numbers(4, rows, 2, UNITS)));
    store.initialize(session);
    assertThatThrownBy(() -> session.runner().fetch(context).run())
        .isInstanceOf(TFInvalidArgumentException.class);
    assertThatThrownBy(() -> session.runner().fetch(alignments).run())
        .isInstanceOf(TFInvalidArgumentException.class);
  }
}
