// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * What does not belong to the batch: one row where the batch has three is refused, when the graph
 * is built or, where its sizes are not known then, when it runs. Lengths that do not fit are taken
 * alike by every way of running.
 */
class BatchSizesTest {
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final ParameterStore store = new ParameterStore(graph, 1L);
  private final BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), 2, 3);
  private final LstmCell dropping =
      new LstmCell(
          store.root().child("lstm"), LstmCell.Settings.of(2, 3).withRecurrentDropout(true));
  private final Ops tf = store.root().child("test").tf();
  private final Placeholder<TFloat32> xs = floats(-1, -1, 2);
  private final Placeholder<TFloat32> h = floats(-1, 3);
  private final Placeholder<TFloat32> mask = floats(-1, -1, 3);
  private final Placeholder<TInt32> lengths =
      tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
  private final Map<Placeholder<?>, Tensor> feeds = new LinkedHashMap<>();

  private Placeholder<TFloat32> floats(long... shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }

  @BeforeEach
  void three() {
    store.initialize(session);
    feed(xs, 4, 3, 2);
    feed(h, 3, 3);
    feed(mask, 4, 3, 3);
    feed(3, 1, 0);
  }

  @AfterEach
  void close() {
    feeds.values().forEach(Tensor::close);
    session.close();
    graph.close();
  }

  private void feed(Placeholder<TFloat32> placeholder, long... shape) {
    float[] values = new float[(int) Shape.of(shape).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 7 - 3) / 4f;
    }
    put(placeholder, TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values)));
  }

  private void feed(int... values) {
    put(lengths, TInt32.vectorOf(values));
  }

  private void put(Placeholder<?> placeholder, Tensor tensor) {
    Tensor old = feeds.put(placeholder, tensor);
    if (old != null) {
      old.close();
    }
  }

  private float[] fetch(Operand<TFloat32> tensor) {
    Session.Runner runner = session.runner().fetch(tensor);
    feeds.forEach((placeholder, value) -> runner.feed(placeholder.asOutput(), value));
    try (Result result = runner.run()) {
      TFloat32 value = (TFloat32) result.get(0);
      float[] copy = new float[(int) value.size()];
      value.asRawTensor().data().asFloats().read(copy);
      return copy;
    }
  }

  private void refuses(Operand<TFloat32> tensor, String... parts) {
    assertThatThrownBy(() -> fetch(tensor))
        .hasMessageContainingAll(parts)
        .hasMessageContaining("one row is not repeated for a batch");
  }

  @Test
  void oneLengthIsNotThatOfThreeSequences() {
    ScanOptions options = ScanOptions.training().withLengths(lengths);
    Operand<TFloat32> scan = Scan.run(tf, cell, xs, new RnnState(h), options).outputs();
    RnnState state = new RnnState(h);
    Operand<TFloat32> both = Bidirectional.run(tf, cell, state, cell, state, xs, options).outputs();
    Operand<TFloat32> unrolled = unrolled();
    assertThat(fetch(scan)).hasSize(4 * 3 * 3);
    for (int[] wrong : new int[][] {{2}, {2, 1}, {}}) {
      feed(wrong);
      String received = "[received] [[" + wrong.length + "]]";
      refuses(scan, "scan: lengths", "[3]", received);
      refuses(both, "bidirectional scan: lengths", "[3]", received);
      refuses(unrolled, "static unroll: lengths", "[3]", received);
    }
  }

  private Operand<TFloat32> unrolled() {
    List<Operand<TFloat32>> steps =
        List.copyOf(tf.unstack(tf.ensureShape(xs, Shape.of(4, -1, 2)), 4L).output());
    return tf.stack(
        StaticUnroll.run(
                tf, cell, steps, new RnnState(h), ScanOptions.training().withLengths(lengths))
            .outputs());
  }

  @Test
  void oneStateOrMaskIsNotThatOfThreeSequences() {
    Operand<TFloat32> inference =
        Scan.run(tf, cell, xs, new RnnState(h), ScanOptions.inference()).outputs();
    Operand<TFloat32> step =
        cell.step(
                tf,
                tf.slice(h, tf.constant(new int[2]), tf.constant(new int[] {-1, 2})),
                new RnnState(tf.slice(h, tf.constant(new int[2]), tf.constant(new int[] {1, 3}))))
            .output();
    Operand<TFloat32> dropped =
        Scan.run(
                tf,
                dropping,
                xs,
                new LstmState(h, h),
                ScanOptions.training().withMasks(List.of(mask)))
            .outputs();
    assertThat(fetch(inference)).hasSize(4 * 3 * 3);
    assertThat(fetch(dropped)).hasSize(4 * 3 * 3);
    refuses(step, "step of a cell: state h", "[3]", "[received] [[1]]");
    feed(mask, 4, 1, 3);
    refuses(dropped, "scan: mask tanh_g", "[4 3]", "[received] [[4 1]]");
    feed(mask, 1, 3, 3);
    refuses(dropped, "scan: mask tanh_g", "[4 3]", "[received] [[1 3]]");
    feed(h, 1, 3);
    refuses(inference, "scan: initial state h", "[3]", "[received] [[1]]");
  }

  @Test
  void lengthsThatDoNotFitAreTakenAlike() {
    RnnState state = new RnnState(h);
    ScanOptions options = ScanOptions.training().withLengths(lengths);
    Operand<TFloat32> scan = Scan.run(tf, cell, xs, state, options).outputs();
    Operand<TFloat32> unrolled = unrolled();
    Operand<TFloat32> both = Bidirectional.run(tf, cell, state, cell, state, xs, options).outputs();
    for (Operand<TFloat32> way : List.of(scan, unrolled, both)) {
      feed(4, 2, 0);
      float[] expected = fetch(way);
      feed(9, 2, -5);
      assertThat(fetch(way)).containsExactly(expected);
    }
    assertThat(fetch(unrolled)).containsExactly(fetch(scan));
  }

  @Test
  void noStepsAndNoSequences() {
    RnnState state = new RnnState(h);
    ScanOptions options = ScanOptions.training().withLengths(lengths);
    ScanResult<RnnState> scan = Scan.run(tf, cell, xs, state, options);
    Operand<TFloat32> both = Bidirectional.run(tf, cell, state, cell, state, xs, options).outputs();
    feed(xs, 0, 3, 2);
    assertThat(fetch(scan.outputs())).isEmpty();
    assertThat(fetch(both)).isEmpty();
    float[] given = fetch(tf.identity(h));
    assertThat(fetch(scan.finalState().h())).containsExactly(given);
    feed(xs, 4, 3, 2);
    feed(0, 0, 0);
    assertThat(fetch(scan.outputs())).containsOnly(0f);
    assertThat(fetch(both)).containsOnly(0f);
    assertThat(fetch(scan.finalState().h())).containsExactly(given);
    feed(xs, 4, 0, 2);
    feed(h, 0, 3);
    feed();
    assertThat(fetch(scan.outputs())).isEmpty();
    assertThat(fetch(both)).isEmpty();
  }

  @Test
  @SuppressWarnings("unchecked")
  void whatIsKnownIsRefusedWhenTheGraphIsBuilt() {
    Operand<TFloat32> three = tf.constant(new float[3][2]);
    RnnState one = new RnnState(tf.constant(new float[1][3]));
    String wrong = "state h has the wrong shape; expected [3, 3], received [1, 3]";
    refused(() -> cell.step(tf, three, one), wrong);
    refused(() -> StaticUnroll.run(tf, cell, List.of(three), one), wrong);
    refused(
        () ->
            StaticUnroll.run(
                tf, cell, List.of(three), one, ScanOptions.training().withMasks(List.of(xs))),
        "static unroll: has another number of mask parts");
    Operand<TInt32> wide = (Operand<TInt32>) (Operand<?>) tf.constant(new long[] {1, 2, 3});
    assertThat(wide.type()).isEqualTo((Class<?>) TInt64.class);
    refused(
        () -> Scan.run(tf, cell, xs, new RnnState(h), ScanOptions.training().withLengths(wide)),
        "scan: lengths are of the wrong type; expected int32, received DT_INT64");
    refused(
        () ->
            Scan.run(
                tf,
                cell,
                xs,
                new RnnState(h),
                ScanOptions.training().withLengths(tf.constant(new int[3][1]))),
        "scan: lengths has the wrong shape; expected [?], received [3, 1]");
    refused(
        () -> Scan.run(tf, cell, three, new RnnState(h), ScanOptions.training()),
        "scan: xs has the wrong shape; expected [?, ?, 2], received [3, 2]");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(message);
  }

  /** The mask of a 4 x 3 batch does not fit what has another time or batch, or no size. */
  @Test
  void aMaskIsForSeriesOfItsOwnSteps() {
    Operand<TInt32> two = tf.constant(new int[] {2, 1, 2});
    SequenceMask fixed = SequenceMask.of(tf, "my loss", two, tf.constant(new float[3][3][2]));
    assertThatThrownBy(() -> fixed.only(tf, tf.constant(new float[3][3])))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "my loss: the series has the wrong shape; expected [3, 3, ?], received [3, 3].");
    assertThatThrownBy(() -> fixed.only(tf, tf.constant(new float[3][1][2])))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received [3, 1, 2]");
    assertThatThrownBy(() -> fixed.mean(tf, tf.constant(new float[1][3])))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the values has the wrong shape");
    assertThatThrownBy(() -> SequenceMask.of(tf, "my loss", two, two))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no axes of time and batch");

    SequenceMask open = SequenceMask.of(tf, "my loss", lengths, xs);
    assertThat(fetch(open.only(tf, mask))).hasSize(4 * 3 * 3);
    feed(mask, 4, 1, 3);
    refuses(open.only(tf, mask), "my loss: the series", "[4 3]", "[[4 1]]");
  }

  /** Shapes that only a run knows are checked on the way; the derivative goes through the check. */
  @Test
  void gradientsGoThroughTheChecks() {
    Parameter w =
        store.root().parameter("w", Shape.of(24), Initializers.uniform(-1, 1), Role.KERNEL);
    Parameter first =
        store.root().parameter("first", Shape.of(9), Initializers.uniform(-1, 1), Role.KERNEL);
    store.initialize(session);
    Placeholder<TInt32> sizes = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(3)));
    Placeholder<TInt32> square = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(2)));
    put(sizes, TInt32.vectorOf(4, 3, 2));
    put(square, TInt32.vectorOf(3, 3));
    List<float[]> right =
        gradients(
            tf.reshape(w.value(), tf.constant(new int[] {4, 3, 2})),
            tf.reshape(first.value(), tf.constant(new int[] {3, 3})),
            w,
            first);
    List<float[]> checked =
        gradients(tf.reshape(w.value(), sizes), tf.reshape(first.value(), square), w, first);
    for (int i = 0; i < right.size(); i++) {
      assertThat(right.get(i)).isNotEmpty().doesNotContain(0f);
      assertThat(checked.get(i)).containsExactly(right.get(i), within(1e-6f));
    }
  }

  /** Of the sum of the outputs' squares. */
  private List<float[]> gradients(
      Operand<TFloat32> inputs, Operand<TFloat32> state, Parameter... parameters) {
    Operand<TFloat32> outputs =
        Scan.run(tf, cell, inputs, new RnnState(state), ScanOptions.training()).outputs();
    Operand<TFloat32> loss =
        tf.reduceSum(tf.math.square(outputs), tf.constant(new int[] {0, 1, 2}));
    return Gradients.of(loss, List.of(parameters)).values().stream().map(this::fetch).toList();
  }
}
