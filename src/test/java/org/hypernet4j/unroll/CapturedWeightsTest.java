// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.cell.StateLayout;
import org.hypernet4j.cell.Weight;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Weights that a step reads: found when it is built, each once. */
class CapturedWeightsTest {
  /** {@code h' = h + x + what it is told to add}; input and state of size 2. */
  private record Adding(BiFunction<Ops, CellValues, Operand<TFloat32>> more)
      implements RnnCell<RnnState> {
    @Override
    public int inputSize() {
      return 2;
    }

    @Override
    public int outputSize() {
      return 2;
    }

    @Override
    public StateLayout<RnnState> stateLayout() {
      return StateLayout.part("h", 2).as(RnnState::new, RnnState::h);
    }

    @Override
    public CellStep<RnnState> advance(
        Ops tf,
        CellValues values,
        List<Operand<TFloat32>> projected,
        RnnState state,
        List<Operand<TFloat32>> masks) {
      Operand<TFloat32> sum = tf.math.add(state.h(), projected.get(0));
      Operand<TFloat32> h = tf.math.add(sum, more.apply(tf, values));
      return new CellStep<>(h, new RnnState(h));
    }
  }

  private static Parameter parameter(ParameterStore store, String name) {
    return parameter(store, name, 3f);
  }

  private static Parameter parameter(ParameterStore store, String name, float value) {
    return store.root().parameter(name, Shape.of(2), Initializers.constant(value), Role.BIAS);
  }

  private static Weight squared(Parameter parameter) {
    return Weight.made("squared", outside -> outside.math.square(parameter.value()));
  }

  private static <S> Operand<TFloat32> loss(Ops tf, RnnCell<S> cell) {
    Operand<TFloat32> outputs =
        Scan.run(
                tf,
                cell,
                tf.constant(new float[4][1][2]),
                cell.zeroState(tf, tf.constant(1)),
                ScanOptions.training())
            .outputs();
    return tf.reduceSum(outputs, tf.constant(new int[] {0, 1, 2}));
  }

  /** With h_t = t (a + 5 a) the sum over four steps and two units has the derivative 10 * 6. */
  @Test
  void onesThatAreOneTensorCountOnce() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter a = parameter(store, "a");
      Ops tf = store.root().child("test").tf();
      RnnCell<RnnState> cell =
          new Adding(
              (ops, values) ->
                  ops.math.add(
                      values.of(a),
                      ops.math.mul(
                          values.of(Weight.made("again", outside -> a.value())),
                          ops.constant(5f))));
      Operand<TFloat32> loss = loss(tf, cell);
      Operand<TFloat32> by = Gradients.byTensors(loss, List.of(a.value())).get(0);
      store.initialize(session);
      try (Result result = session.runner().fetch(loss).fetch(by).run()) {
        assertThat(((TFloat32) result.get(0)).getFloat()).isEqualTo(10 * 6 * 3 * 2f);
        assertThat(((TFloat32) result.get(1)).getFloat(0)).isEqualTo(60f);
        assertThat(((TFloat32) result.get(1)).getFloat(1)).isEqualTo(60f);
      }
    }
  }

  /**
   * Layer 0 has h_t = 9 t, layer 1 the sums 13, 35, 66, 106 of h_t + 4: 220 for each unit. The
   * derivative by a = 3 is (1 + 3 + 6 + 10) 2 a, by b = 2 it is (1 + 2 + 3 + 4) 2 b.
   */
  @Test
  void ofOneNameAreEachLayersOwn() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter a = parameter(store, "a");
      Parameter b = parameter(store, "b", 2f);
      Ops tf = store.root().child("test").tf();
      List<RnnCell<RnnState>> layers = new ArrayList<>();
      for (Parameter own : List.of(a, b)) {
        layers.add(new Adding((ops, values) -> values.of(squared(own))));
      }
      Operand<TFloat32> loss = loss(tf, new StackedCell(layers, false));
      List<Operand<TFloat32>> by = Gradients.byTensors(loss, List.of(a.value(), b.value()));
      store.initialize(session);
      try (Result result = session.runner().fetch(loss).fetch(by.get(0)).fetch(by.get(1)).run()) {
        assertThat(((TFloat32) result.get(0)).getFloat()).isEqualTo(440f);
        assertThat(((TFloat32) result.get(1)).getFloat(0)).isEqualTo(120f);
        assertThat(((TFloat32) result.get(2)).getFloat(0)).isEqualTo(40f);
      }
    }
  }

  /**
   * A product with one row, the same for every sequence, is no series of the batch. With W of 200
   * rows of 0.5, each step adds 100: over four steps, three sequences and two units the sum is 10 *
   * 3 * 2 * 100, and its derivative by each number of W is 10 * 3.
   */
  @ParameterizedTest
  @ValueSource(longs = {3, -1})
  void aProductNeedNotHaveTheRowsOfTheBatch(long batch) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter w =
          store.root().parameter("w", Shape.of(200, 2), Initializers.constant(0.5f), Role.KERNEL);
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs =
          tf.placeholderWithDefault(tf.constant(new float[4][3][2]), Shape.of(4, batch, 2));
      Operand<TFloat32> state =
          tf.placeholderWithDefault(tf.constant(new float[3][2]), Shape.of(batch, 2));
      Operand<TFloat32> outputs =
          Scan.run(
                  tf,
                  new Adding(
                      (ops, values) -> {
                        Operand<TFloat32> ones =
                            ops.fill(ops.constant(new int[] {1, 200}), ops.constant(1f));
                        return values.product(ops, ones, w);
                      }),
                  xs,
                  new RnnState(state),
                  ScanOptions.training())
              .outputs();
      Operand<TFloat32> loss = tf.reduceSum(outputs, tf.constant(new int[] {0, 1, 2}));
      Operand<TFloat32> by = Gradients.byTensors(loss, List.of(w.value())).get(0);
      store.initialize(session);
      try (Result result = session.runner().fetch(loss).fetch(by).run()) {
        assertThat(((TFloat32) result.get(0)).getFloat()).isEqualTo(6000f);
        float[] each = new float[400];
        ((TFloat32) result.get(1)).asRawTensor().data().asFloats().read(each);
        assertThat(each).containsOnly(30f);
      }
    }
  }

  @Test
  void ofOneNameAreOneOnlyWithinACellAndAPlaceInTheCode() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter a = parameter(store, "a");
      CellValues values = CellValues.make(store.root().tf());
      Operand<TFloat32> first = values.of(squared(a));
      assertThat(values.of(squared(a))).isSameAs(first);
      assertThat(values.below("one").of(squared(a)))
          .isNotSameAs(first)
          .isSameAs(values.below("one").of(squared(a)))
          .isNotSameAs(values.below("two").below("one").of(squared(a)));
      assertThat(values.of(Weight.made("squared", tf -> tf.math.neg(a.value()))))
          .isNotSameAs(first);
      assertThat(values.of(Weight.made("a", tf -> tf.math.neg(a.value()))))
          .isNotSameAs(values.of(a));
      assertThat(values.below("one").of(a)).isSameAs(values.of(a));
    }
  }

  /** With h_t = t (2 a + b) and a = b = 3 the sum is 10 * 9 * 2, its derivatives 20 and 10. */
  @Test
  void mayBeMadeFromOthers() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter a = parameter(store, "a");
      Parameter b = parameter(store, "b");
      Ops tf = store.root().child("test").tf();
      BiFunction<Ops, CellValues, Operand<TFloat32>> more =
          (ops, values) -> {
            Weight twice = Weight.made("twice", out -> out.math.mul(a.value(), out.constant(2f)));
            return values.of(
                Weight.made("sum", out -> out.math.add(values.of(twice), values.of(b))));
          };
      Operand<TFloat32> loss = loss(tf, new Adding(more));
      Operand<TFloat32> once = more.apply(tf, CellValues.forOneStep(tf));
      List<Operand<TFloat32>> by = Gradients.byTensors(loss, List.of(a.value(), b.value()));
      store.initialize(session);
      try (Result result =
          session.runner().fetch(loss).fetch(by.get(0)).fetch(by.get(1)).fetch(once).run()) {
        assertThat(((TFloat32) result.get(0)).getFloat()).isEqualTo(180f);
        assertThat(((TFloat32) result.get(1)).getFloat(0)).isEqualTo(20f);
        assertThat(((TFloat32) result.get(2)).getFloat(0)).isEqualTo(10f);
        assertThat(((TFloat32) result.get(3)).getFloat(0)).isEqualTo(9f);
      }
    }
  }

  private static Operand<TFloat32> endless(CellValues values) {
    return values.of(Weight.made("endless", out -> endless(values)));
  }

  @Test
  void refusesOneMadeFromItself() {
    try (Graph graph = new Graph()) {
      Ops tf = new ParameterStore(graph, 1L).root().child("test").tf();
      assertThatThrownBy(() -> loss(tf, new Adding((ops, values) -> endless(values))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("weight 'endless' of a cell: its maker reads the weight itself");
    }
  }

  @Test
  void areNotedInTheOrderOfTheFirstReads() {
    try (Graph graph = new Graph();
        Graph body = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter a = parameter(store, "a");
      Parameter b = parameter(store, "b");
      Ops inside = Ops.create(body);
      CellValues values =
          CellValues.make(store.root().tf()).inLoop(outside -> inside.constant(new float[2]));
      Operand<TFloat32> first = values.of(b);
      values.of(a);
      assertThat(values.of(b)).isSameAs(first);
      assertThat(values.captured())
          .extracting(one -> one.outside().asOutput())
          .containsExactly(b.value().asOutput(), a.value().asOutput());
      assertThat(values.captured().get(0).inside()).isSameAs(first);
    }
  }

  @Test
  void refusesWhatABodyCannotSee() {
    try (Graph graph = new Graph();
        Graph other = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Parameter a = parameter(store, "a");
      Parameter foreign = parameter(new ParameterStore(other, 1L), "foreign");
      Ops tf = store.root().child("test").tf();
      assertThatThrownBy(() -> loss(tf, new Adding((ops, values) -> values.of(foreign))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("scan: parameter foreign belongs to another graph");
      assertThatThrownBy(() -> loss(tf, new Adding((ops, values) -> a.value())))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the step uses a tensor of the graph around the loop")
          .hasMessageContaining("values.of(parameter)");
    }
  }

  @Test
  void refusesAStepThatReadsOthersForTheGradient() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      List<Parameter> left = new ArrayList<>(List.of(parameter(store, "a"), parameter(store, "b")));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> loss = loss(tf, new Adding((ops, values) -> values.of(left.remove(0))));
      assertThatThrownBy(() -> Gradients.of(loss, store.trainables().subList(0, 1)))
          .hasMessageContaining("the step reads other weights when it is built for the gradient");
    }
  }
}
