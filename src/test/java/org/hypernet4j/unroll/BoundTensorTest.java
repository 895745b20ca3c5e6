// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.cell.Attention;
import org.hypernet4j.cell.AttentionCell;
import org.hypernet4j.cell.AttentionSettings;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.ResidualCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.cell.SoftWindowCell;
import org.hypernet4j.cell.SoftWindowSettings;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.cell.StateLayout;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.examples.ConditionedCell;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.Tensors;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A user's own cell that reads a vector and a matrix of each example, constant over time: against
 * plain double arithmetic, and inside every wrapper against the static unroll.
 */
class BoundTensorTest {
  private static final int UNITS = 4;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph, Tensors.unoptimised());
  private final ParameterStore store = new ParameterStore(graph, 5L);
  private final ParameterScope root = store.root();
  private final Ops tf = root.child("test").tf();
  private final Tensors make = new Tensors(tf);

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  /** The ways to wrap a cell; each takes inputs of size 2 or 4. */
  private enum Wrapper {
    ALONE,
    STACK,
    SKIPS,
    RESIDUAL,
    RESIDUAL_OF_FIRST,
    DROPOUT,
    STATE_OUT,
    ATTENTION,
    ATTENTION_IN_A_STACK,
    SOFT_WINDOW,
    SMALL_CELL
  }

  private RnnCell<?> wrapped(Wrapper wrapper, Operand<TFloat32> z, Operand<TFloat32> m) {
    return switch (wrapper) {
      case ALONE -> own(2, z, m);
      case STACK ->
          new StackedCell(
              List.of(
                  new BasicRnnCell(root.child("low"), 2, 3),
                  own(3, z, m),
                  ConditionedCell.make(root.child("top"), UNITS, z, m)),
              true);
      case SKIPS ->
          StackedCell.withSkips(
              List.of(new BasicRnnCell(root.child("low"), 2, 3), own(5, z, m)), true);
      case RESIDUAL -> new ResidualCell<>(own(UNITS, z, m));
      case RESIDUAL_OF_FIRST -> ResidualCell.ofFirst(own(UNITS + 2, z, m));
      case DROPOUT -> new DropoutCell<>(own(2, z, m), true, true);
      case STATE_OUT -> new StateOutputCell<>(new DropoutCell<>(own(2, z, m), false, true));
      case ATTENTION -> attending(2, z, m);
      case ATTENTION_IN_A_STACK ->
          new StackedCell(
              List.of(
                  new BasicRnnCell(root.child("low"), 2, UNITS),
                  new ResidualCell<>(attending(UNITS, z, m))),
              false);
      case SOFT_WINDOW -> {
        SoftWindowSettings settings = SoftWindowSettings.graves(2, 3);
        yield new SoftWindowCell(root, settings, List.of(own(2 + 3, z, m)))
            .readingIds(tf, tf.constant(new int[][] {{0, 1}, {2, 0}, {1, 1}}), null);
      }
      case SMALL_CELL ->
          new HyperLstmCell<>(
              root.child("hyper"),
              HyperLstmCell.Settings.paper(2, 3, 2, 1e-3f),
              (scope, inputs) -> ConditionedCell.make(scope, inputs, z, m));
    };
  }

  private RnnCell<RnnState> own(int inputs, Operand<TFloat32> z, Operand<TFloat32> m) {
    return ConditionedCell.make(root.child("own"), inputs, z, m);
  }

  private RnnCell<?> attending(int inputs, Operand<TFloat32> z, Operand<TFloat32> m) {
    Attention attention =
        new Attention(root.child("attention"), AttentionSettings.additive(UNITS, UNITS, 3));
    return new AttentionCell<>(own(inputs + UNITS, z, m), attention)
        .reading(attention.over(tf, m, tf.constant(new int[] {4, 1, 3})));
  }

  /** Sequences of 3, 1 and 2 steps, a loop against the unroll. */
  @ParameterizedTest
  @EnumSource(Wrapper.class)
  void everyWrapperPassesThemOn(Wrapper wrapper) {
    check(wrapper, ScanOptions.training().withLengths(tf.constant(new int[] {3, 1, 2})));
  }

  @ParameterizedTest
  @EnumSource(
      value = Wrapper.class,
      names = {"ALONE", "ATTENTION"})
  void xlaCompilesTheStep(Wrapper wrapper) {
    check(wrapper, ScanOptions.training().withXla(true));
  }

  private void check(Wrapper wrapper, ScanOptions options) {
    Operand<TFloat32> z = make.numbers(1, 3, UNITS);
    Operand<TFloat32> m = make.numbers(2, 3, UNITS, UNITS);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    compare(fetches, wrapped(wrapper, z, m), options, z, m);
    store.initialize(session);
    Map<String, float[]> values = new LinkedHashMap<>();
    Random random = new Random(4); // a hypernetwork starts with zeros, which hide what is behind
    for (Parameter parameter : store.all()) {
      float[] flat = new float[(int) parameter.size()];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (float) random.nextGaussian() / 2;
      }
      values.put(parameter.name(), flat);
    }
    ParameterValues.assign(session, store, values);
    Fetched actual = Fetched.of(session, fetches);
    for (String name : fetches.keySet()) {
      if (name.startsWith("loop ")) {
        double[] expected = toDoubles(actual.get("unrolled " + name.substring("loop ".length())));
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(largest).as(name).isPositive();
        assertClose(name, actual.get(name), expected, 2e-6 * Math.max(1, largest));
      }
    }
  }

  private <S> void compare(
      Map<String, Operand<TFloat32>> fetches,
      RnnCell<S> cell,
      ScanOptions options,
      Operand<TFloat32> z,
      Operand<TFloat32> m) {
    Operand<TFloat32> xs = make.numbers(3, 3, 3, cell.inputSize());
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (StatePart part : cell.maskParts()) {
      masks.add(make.numbers(10 + masks.size(), 3, 3, part.size()));
    }
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      parts.add(make.numbers(30 + parts.size(), 3, part.size()));
    }
    S initial = cell.stateLayout().state(parts);
    for (String way : List.of("loop ", "unrolled ")) {
      Operand<TFloat32> outputs =
          way.equals("loop ")
              ? Scan.run(tf, cell, xs, initial, options.withMasks(masks)).outputs()
              : tf.stack(
                  StaticUnroll.run(
                          tf,
                          cell,
                          new ArrayList<>(tf.unstack(xs, 3L).output()),
                          initial,
                          options.withMasks(masks).withXla(false))
                      .outputs());
      Operand<TFloat32> loss =
          Fetched.weightedSum(tf, outputs, make.numbers(50, 3, 3, cell.outputSize()));
      fetches.put(way + "outputs", outputs);
      List<Operand<TFloat32>> by = Gradients.byTensors(loss, List.of(xs, z, m));
      fetches.put(way + "by xs", by.get(0));
      fetches.put(way + "by z", by.get(1));
      fetches.put(way + "by m", by.get(2));
    }
  }

  /** Each sequence of a batch reads its own row: alone it has the same outputs and derivatives. */
  @Test
  void aSequenceReadsItsOwn() {
    Operand<TFloat32> xs = make.numbers(3, 3, 3, 2);
    Operand<TFloat32> z = make.numbers(1, 3, UNITS);
    Operand<TFloat32> m = make.numbers(2, 3, UNITS, UNITS);
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    for (int b = -1; b < 3; b++) {
      Operand<TFloat32> ownX = b < 0 ? xs : row(xs, 1, b);
      Operand<TFloat32> ownZ = b < 0 ? z : row(z, 0, b);
      Operand<TFloat32> ownM = b < 0 ? m : row(m, 0, b);
      ConditionedCell first = ConditionedCell.make(root.child("own" + (b + 1)), 2, ownZ, ownM);
      ConditionedCell cell =
          new ConditionedCell(
              b < 0 ? first.w() : store.model().get(0), first.z(), first.m()); // of one parameter
      Operand<TFloat32> outputs =
          Scan.run(
                  tf,
                  cell,
                  ownX,
                  cell.zeroState(tf, tf.constant(b < 0 ? 3 : 1)),
                  ScanOptions.training())
              .outputs();
      Operand<TFloat32> loss = Fetched.weightedSum(tf, tf.math.square(outputs), tf.constant(1f));
      List<Operand<TFloat32>> by = Gradients.byTensors(loss, List.of(ownZ, ownM));
      fetches.put(b + "z", by.get(0));
      fetches.put(b + "m", by.get(1));
    }
    store.initialize(session);
    Fetched actual = Fetched.of(session, fetches);
    for (String what : List.of("z", "m")) {
      float[] joined = {};
      for (int b = 0; b < 3; b++) {
        float[] one = actual.get(b + what);
        joined = Arrays.copyOf(joined, joined.length + one.length);
        System.arraycopy(one, 0, joined, joined.length - one.length, one.length);
      }
      assertClose(what, actual.get("-1" + what), toDoubles(joined), 1e-6);
    }
  }

  private Operand<TFloat32> row(Operand<TFloat32> tensor, int axis, int index) {
    int[] begin = new int[tensor.shape().numDimensions()];
    int[] size = new int[begin.length];
    Arrays.fill(size, -1);
    begin[axis] = index;
    size[axis] = 1;
    return tf.slice(tensor, tf.constant(begin), tf.constant(size));
  }

  @Test
  void saysWhichTensorIsOfAnotherGraph() {
    try (Graph elsewhere = new Graph()) {
      Operand<TFloat32> z = Ops.create(elsewhere).constant(new float[1][UNITS]);
      RnnCell<RnnState> cell = own(2, z, make.numbers(2, 1, UNITS, UNITS));
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(
              () ->
                  Scan.run(
                      tf,
                      cell,
                      make.numbers(3, 3, 1, 2),
                      cell.zeroState(tf, tf.constant(1)),
                      ScanOptions.inference()))
          .withMessageContaining("scan: tensor z belongs to another graph");
    }
  }

  /** A tensor that a step takes without its values: the message names the remedy. */
  @Test
  void saysHowToReadOne() {
    Operand<TFloat32> z = make.numbers(1, 3, UNITS);
    RnnCell<RnnState> cell = own(2, z, make.numbers(2, 3, UNITS, UNITS));
    RnnCell<RnnState> careless =
        new RnnCell<>() {
          @Override
          public int inputSize() {
            return 2;
          }

          @Override
          public int outputSize() {
            return UNITS;
          }

          @Override
          public StateLayout<RnnState> stateLayout() {
            return cell.stateLayout();
          }

          @Override
          public CellStep<RnnState> advance(
              Ops ops,
              CellValues values,
              List<Operand<TFloat32>> projected,
              RnnState state,
              List<Operand<TFloat32>> masks) {
            Operand<TFloat32> h = ops.math.add(state.h(), z);
            return new CellStep<>(h, new RnnState(h));
          }
        };
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(
            () ->
                Scan.run(
                    tf,
                    careless,
                    make.numbers(3, 3, 3, 2),
                    careless.zeroState(tf, tf.constant(3)),
                    ScanOptions.inference()))
        .withMessageContaining("values.of(Weight.bound(name, tensor))");
  }
}
