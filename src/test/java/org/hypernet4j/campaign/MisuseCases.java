package org.hypernet4j.campaign;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.LearnedState;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.cell.ResidualCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Loop;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.StepFunction;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.LowRankGenerator;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.TaskEmbeddings;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.nn.BatchNorm;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.nn.Dropout;
import org.hypernet4j.nn.PerExampleConv2d;
import org.hypernet4j.nn.PerExampleDense;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.GradientDescent;
import org.hypernet4j.optim.Momentum;
import org.hypernet4j.optim.RmsProp;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.unroll.Bidirectional;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.StaticUnroll;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Odd calls of the public API, each run in a JVM of its own: {@code MisuseCases NAME}. A call may
 * end with a result or refuse what it got; it ends the child with 0 then. Another exception ends it
 * with 3; a crash and a hang are for the parent to see.
 */
public final class MisuseCases {
  /** One call. */
  @FunctionalInterface
  public interface Case {
    /** Does it, in a graph of its own. */
    void run(World world);
  }

  /** A graph with a session and a store, a second one beside it, and a few tensors. */
  public static final class World {
    final Graph graph = new Graph();
    final Graph otherGraph = new Graph();
    final ParameterStore store = new ParameterStore(graph, 1);
    final ParameterStore other = new ParameterStore(otherGraph, 1);
    final Session session = new Session(graph);
    final Ops tf = store.root().tf();
    final Parameter w =
        store.root().parameter("w", Shape.of(3, 2), Initializers.ones(), Role.KERNEL);
    final Parameter foreign =
        other.root().parameter("w", Shape.of(3, 2), Initializers.ones(), Role.KERNEL);
    final Operand<TFloat32> rate = tf.constant(0.1f);
    final GradientClip none = GradientClip.none();

    Operand<TFloat32> loss() {
      return sum(tf.math.square(w.value()));
    }

    Operand<TFloat32> foreignLoss() {
      Ops ops = other.root().tf();
      return ops.reduceSum(ops.math.square(foreign.value()), ops.constant(new int[] {0, 1}));
    }

    Operand<TFloat32> sum(Operand<TFloat32> x) {
      return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
    }

    Placeholder<TFloat32> input(long... shape) {
      return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
    }

    Operand<TFloat32> zeros(long... shape) {
      return tf.zeros(tf.constant(shape), TFloat32.class);
    }

    LstmCell lstm() {
      return new LstmCell(store.root().child("lstm"), LstmCell.Settings.of(3, 4));
    }

    LstmState state(LstmCell cell, int batch) {
      return cell.zeroState(tf, tf.constant(batch));
    }

    TwoLayerLinearGenerator generator() {
      return new TwoLayerLinearGenerator(
          store.root().child("g"),
          TwoLayerLinearGenerator.Settings.paper(KernelShape.dense(2, 2), 4));
    }

    void run(Operand<?> fetched, Feeds feeds) {
      store.initialize(session);
      try (feeds;
          Result result = feeds.into(session.runner()).fetch(fetched).run()) {
        result.forEach(entry -> {});
      }
    }

    void close() {
      session.close();
      graph.close();
    }
  }

  private MisuseCases() {}

  /** All calls by name. */
  public static Map<String, Case> all() {
    Map<String, Case> cases = new LinkedHashMap<>();
    graphs(cases);
    feeds(cases);
    hyper(cases);
    layers(cases);
    recurrent(cases);
    optimizers(cases);
    return cases;
  }

  /** Runs one call. */
  public static void main(String[] arguments) {
    Case one = all().get(arguments[0]);
    if (one == null) {
      System.err.println("no case " + arguments[0]);
      System.exit(2);
    }
    try {
      one.run(new World());
      System.out.println("ended");
    } catch (UserError | IllegalArgumentException | IllegalStateException refused) {
      System.out.println("refused: " + refused);
    } catch (Throwable other) {
      other.printStackTrace();
      System.exit(3);
    }
    System.exit(0);
  }

  private static void graphs(Map<String, Case> c) {
    c.put("closed-store-parameter", w -> { w.close(); w.store.root().parameter("z", Shape.of(2), Initializers.ones(), Role.KERNEL); });
    c.put("closed-store-initialize", w -> { w.close(); w.store.initialize(w.session); });
    c.put("closed-session-read", w -> { w.session.close(); ParameterValues.read(w.session, w.w); });
    c.put("closed-graph-gradient", w -> { Operand<TFloat32> l = w.loss(); w.close(); Gradients.of(l, List.of(w.w)); });
    c.put("not-initialised-read", w -> ParameterValues.read(w.session, w.w));
    c.put("other-store-initialize", w -> w.other.initialize(w.session));
    c.put("other-store-read", w -> ParameterValues.read(w.session, w.foreign));
    c.put("other-store-assign", w -> ParameterValues.assign(w.session, w.other, Map.of("w", new float[6])));
    c.put("assign-unknown-name", w -> ParameterValues.assign(w.session, w.store, Map.of("v", new float[6])));
    c.put("assign-wrong-length", w -> ParameterValues.assign(w.session, w.store, Map.of("w", new float[5])));
    c.put("empty-store-initialize", w -> new ParameterStore(w.graph, 1).initialize(w.session));
    c.put("parameter-same-name", w -> w.store.root().parameter("w", Shape.of(1), Initializers.ones(), Role.KERNEL));
    c.put("parameter-name-of-op", w -> { w.tf.withName("taken").constant(1f); w.store.root().parameter("taken", Shape.of(1), Initializers.ones(), Role.KERNEL); });
    c.put("two-stores-one-graph", w -> new ParameterStore(w.graph, 2).root().parameter("w", Shape.of(1), Initializers.ones(), Role.KERNEL));
    for (String name : List.of("", " ", "a b", "ä", "a/../b", "/", "a//b", "_a", "a_12345678901", "a\n", "^a", "a:0", "a".repeat(100_000))) {
      c.put("name-" + c.size(), w -> w.store.root().child(name).parameter("p", Shape.of(1), Initializers.ones(), Role.KERNEL));
      c.put("parameter-name-" + c.size(), w -> w.store.root().parameter(name, Shape.of(1), Initializers.ones(), Role.KERNEL));
    }
    c.put("child-named-as-parameter", w -> w.store.root().child("w").tf().constant(1f));
    for (Shape shape : List.of(Shape.unknown(), Shape.of(-1), Shape.of(0), Shape.of(1L << 40), Shape.of(1L << 32, 1L << 32), Shape.of(new long[255]))) {
      c.put("parameter-shape-" + c.size(), w -> w.store.root().parameter("z", shape, Initializers.ones(), Role.KERNEL));
      c.put("initializer-shape-" + c.size(), w -> Initializers.orthogonal(1f).call(w.tf, shape, 1));
      c.put("input-shape-" + c.size(), w -> StepInputs.whole(w.store).examples("x", TFloat32.class, shape, 0));
    }
    c.put("orthogonal-vector", w -> Initializers.orthogonal(1f).call(w.tf, Shape.of(3), 1));
    c.put("orthogonal-blocks-zero", w -> Initializers.orthogonalBlocks(0, 1f).call(w.tf, Shape.of(3, 4), 1));
    c.put("initializer-nan", w -> w.store.root().parameter("n", Shape.of(2), Initializers.normal(Float.NaN, -1f), Role.KERNEL));
    c.put("input-axis-beyond", w -> StepInputs.whole(w.store).examples("x", TFloat32.class, Shape.of(2), 7));
    c.put("gradient-of-nothing", w -> Gradients.of(w.loss(), List.of()));
    c.put("gradient-of-matrix", w -> Gradients.of(w.w.value(), List.of(w.w)));
    c.put("gradient-foreign-parameter", w -> Gradients.of(w.loss(), List.of(w.foreign)));
    c.put("gradient-foreign-tensor", w -> Gradients.byTensors(w.loss(), List.of(w.foreign.value())));
    c.put("product-foreign-dy", w -> Gradients.product(List.of(w.w.value()), List.of(w.foreign.value()), List.of(w.w.value())));
    c.put("product-foreign-y", w -> Gradients.product(List.of(w.w.value(), w.foreign.value()), List.of(w.w.value(), w.w.value()), List.of(w.w.value())));
    c.put("product-foreign-x", w -> Gradients.product(List.of(w.w.value()), List.of(w.w.value()), List.of(w.foreign.value())));
    c.put("product-few-dys", w -> Gradients.product(List.of(w.w.value()), List.of(), List.of(w.w.value())));
    c.put("product-wrong-shape", w -> Gradients.product(List.of(w.w.value()), List.of(w.rate), List.of(w.w.value())));
    c.put("product-empty", w -> Gradients.product(List.of(), List.of(), List.of()));
    c.put("product-same-y-twice", w -> Gradients.product(List.of(w.w.value(), w.w.value()), List.of(w.w.value(), w.w.value()), List.of(w.w.value())));
    c.put("assign-foreign-value", w -> w.w.assign(w.tf, w.foreign.value()));
    c.put("loop-foreign-variable", w -> { try (Loop loop = new Loop(w.tf, "l")) { loop.variable(w.foreign.value()); loop.build((o, at) -> o.constant(false)); } });
    c.put("loop-unknown-next", w -> { try (Loop loop = new Loop(w.tf, "l")) { loop.next(w.w.value().asOutput(), w.rate); loop.build((o, at) -> o.constant(false)); } });
    c.put("loop-outside-in-body", w -> { try (Loop loop = new Loop(w.tf, "l")) { var v = loop.variable(w.w.value()); loop.next(v, w.w.value()); loop.build((o, at) -> o.constant(false)); } });
    c.put("loop-without-variables", w -> { try (Loop loop = new Loop(w.tf, "l")) { loop.build((o, at) -> o.constant(false)); } });
    c.put("loop-after-close", w -> { Loop loop = new Loop(w.tf, "l"); loop.close(); loop.variable(w.rate); });
    c.put("step-function-foreign", w -> { try (StepFunction f = StepFunction.in(w.tf, "f", true)) { f.leave(List.of(f.enter(w.foreign.value()))); } });
    c.put("step-function-outside", w -> { try (StepFunction f = StepFunction.in(w.tf, "f", true)) { f.leave(List.of(w.w.value())); } });
    c.put("random-bound-zero", w -> StatelessRandom.of(1).below(0, 0));
    c.put("random-permutation-negative", w -> { if (StatelessRandom.of(1).permutation(0).length != 0) { throw new AssertionError("not empty"); } });
  }

  private static void feeds(Map<String, Case> c) {
    for (Shape shape : List.of(Shape.unknown(), Shape.of(-1, 3), Shape.of(-2, -3), Shape.of(1L << 32, 1L << 32), Shape.of(new long[255]), Shape.of(0, 1L << 62), Shape.of(3))) {
      c.put("feed-" + c.size(), w -> w.run(w.rate, new Feeds().floats(w.tf.placeholder(TFloat32.class), shape)));
    }
    c.put("feed-foreign", w -> w.run(w.rate, new Feeds().floats(w.other.root().tf().placeholder(TFloat32.class), Shape.of(1), 1f)));
    c.put("feed-closed", w -> { Feeds f = new Feeds(); f.close(); f.floats(w.input(1), Shape.of(1), 1f); });
    c.put("feed-run-after-close", w -> { Feeds f = new Feeds().floats(w.input(1), Shape.of(1), 1f); f.close(); f.into(w.session.runner()); });
    c.put("feed-stacked-none", w -> Feeds.stacked(List.of(), Map.of()));
    c.put("feed-twice", w -> { var x = w.input(1); w.run(w.tf.identity(x), new Feeds().floats(x, Shape.of(1), 1f).floats(x, Shape.of(1), 2f)); });
  }

  private static void hyper(Map<String, Case> c) {
    c.put("kernel-zero", w -> KernelShape.dense(0, 1));
    c.put("kernel-overflow", w -> new KernelShape(1 << 30, 1 << 30, 1 << 30, 1 << 30));
    c.put("generated-65536", w -> new GeneratedKernels(w.generator()).add("a", KernelShape.dense(65_536, 65_536)).build(w.store.root().child("e")));
    c.put("generated-max", w -> new GeneratedKernels(w.generator()).add("a", KernelShape.dense(Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 1)));
    c.put("generated-empty", w -> new GeneratedKernels(w.generator()).build(w.store.root().child("e")));
    c.put("generated-odd-name", w -> new GeneratedKernels(w.generator()).add("a b", KernelShape.dense(2, 2)).build(w.store.root().child("e")));
    c.put("generated-foreign-z", w -> new GeneratedKernels(w.generator()).add("a", KernelShape.dense(2, 2)).build(w.tf, w.other.root().tf().constant(new float[1][4])));
    c.put("generated-per-example-huge", w -> new GeneratedKernels(w.generator()).add("a", KernelShape.dense(2, 2)).buildPerExample(w.tf, w.input(1L << 30, 1, 4)));
    c.put("generated-per-example-empty", w -> { var z = w.input(-1, 1, 4); w.run(new GeneratedKernels(w.generator()).add("a", KernelShape.dense(2, 2)).buildPerExample(w.tf, z).get("a"), new Feeds().floats(z, Shape.of(0, 1, 4))); });
    c.put("generator-nan-variance", w -> new LowRankGenerator.Settings(KernelShape.dense(2, 2), 1, 1, Double.NaN));
    c.put("generator-huge-embedding", w -> new TwoLayerLinearGenerator(w.store.root().child("h"), TwoLayerLinearGenerator.Settings.paper(KernelShape.dense(8, 8), Integer.MAX_VALUE)));
    c.put("chunks-huge", w -> new ChunkedKernels(Integer.MAX_VALUE, 1, List.of(), TargetVariance.XAVIER).build(w.store.root(), Map.of("a", KernelShape.dense(2, 2))));
    c.put("tasks-huge", w -> new TaskEmbeddings(w.store.root().child("t"), Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Initializers.ones()));
  }

  private static void layers(Map<String, Case> c) {
    for (boolean max : List.of(true, false)) {
      c.put("empty-batch-pool-" + max, w -> image(w, max, Shape.of(0, 8, 8, 1)));
      c.put("empty-image-pool-" + max, w -> image(w, max, Shape.of(2, 0, 0, 1)));
    }
    c.put("pool-one-pixel", w -> Conv2d.maxPool2(w.tf, w.zeros(1, 1, 1, 1)));
    c.put("conv-stride-zero", w -> Conv2d.apply(w.tf, w.zeros(1, 4, 4, 1), w.zeros(3, 3, 1, 1), 0));
    c.put("conv-foreign-kernel", w -> Conv2d.apply(w.tf, w.zeros(1, 4, 4, 1), w.other.root().tf().constant(new float[1][1][1][1]), 1));
    c.put("conv-rank", w -> Conv2d.apply(w.tf, w.zeros(4), w.zeros(3, 3, 1, 1), 1));
    c.put("conv-unknown-rank", w -> Conv2d.apply(w.tf, w.tf.placeholder(TFloat32.class), w.zeros(3, 3, 1, 1), 1));
    c.put("dense-foreign", w -> Dense.apply(w.tf, w.zeros(1, 3), w.foreign.value(), w.zeros(2)));
    c.put("dense-vector-kernel", w -> Dense.apply(w.tf, w.zeros(1, 3), w.zeros(3), w.zeros(2)));
    c.put("dense-unknown-kernel", w -> Dense.apply(w.tf, w.zeros(1, 3), w.tf.placeholder(TFloat32.class), w.zeros(2)));
    c.put("per-example-unknown", w -> PerExampleDense.apply(w.tf, w.tf.placeholder(TFloat32.class), w.tf.placeholder(TFloat32.class)));
    c.put("per-example-conv-huge", w -> PerExampleConv2d.apply(w.tf, w.input(1 << 20, 64, 64, 1), w.input(1 << 20, 3, 3, 1, 1), 1));
    c.put("per-example-conv-stride", w -> PerExampleConv2d.apply(w.tf, w.input(1, 4, 4, 1), w.input(1, 3, 3, 1, 1), -1));
    c.put("batch-norm-zero", w -> new BatchNorm(w.store.root().child("bn"), 0));
    c.put("dropout-nan", w -> new Dropout(Float.NaN, 1, "d"));
  }

  private static void image(World w, boolean max, Shape fed) {
    Placeholder<TFloat32> x = w.input(-1, -1, -1, 1);
    var kernel = w.store.root().value("k", Shape.of(3, 3, 1, 2), Initializers.glorotUniform(), Role.KERNEL);
    var y = Conv2d.apply(w.tf, x, kernel, 1);
    Operand<TFloat32> pooled = max ? Conv2d.maxPool2(w.tf, y) : Conv2d.averagePool2(w.tf, y);
    var step = new Adam(w.store, w.rate, w.none).minimize(w.tf.math.add(w.loss(), w.sum(pooled)));
    w.run(step.globalNorm(), new Feeds().floats(x, fed));
  }

  private static void recurrent(Map<String, Case> c) {
    c.put("scan-foreign-xs", w -> Scan.run(w.tf, w.lstm(), w.other.root().tf().constant(new float[2][2][3]), w.state(w.lstm(), 2), ScanOptions.training()));
    c.put("scan-foreign-ops", w -> { LstmCell l = w.lstm(); Scan.run(w.other.root().tf(), l, w.zeros(2, 2, 3), w.state(l, 2), ScanOptions.training()); });
    c.put("scan-lengths-negative", w -> scan(w, ScanOptions.training().withLengths(w.tf.constant(new int[] {-5, 1 << 30}))));
    c.put("scan-lengths-short", w -> scan(w, ScanOptions.training().withLengths(w.tf.constant(new int[] {1}))));
    c.put("scan-lengths-foreign", w -> scan(w, ScanOptions.training().withLengths(w.other.root().tf().constant(new int[] {1, 1}))));
    c.put("scan-masks-many", w -> scan(w, ScanOptions.training().withMasks(List.of(w.rate, w.rate))));
    c.put("scan-state-batch", w -> { LstmCell l = w.lstm(); w.run(Scan.run(w.tf, l, w.zeros(2, 2, 3), w.state(l, 3), ScanOptions.training()).outputs(), new Feeds()); });
    c.put("scan-empty-time", w -> { LstmCell l = w.lstm(); w.run(Scan.run(w.tf, l, w.zeros(0, 2, 3), w.state(l, 2), ScanOptions.training()).outputs(), new Feeds()); });
    c.put("scan-empty-batch", w -> { LstmCell l = w.lstm(); w.run(Scan.run(w.tf, l, w.zeros(2, 0, 3), w.state(l, 0), ScanOptions.training()).outputs(), new Feeds()); });
    c.put("cell-twice-in-scope", w -> { w.lstm(); w.lstm(); });
    c.put("cell-negative", w -> new BasicRnnCell(w.store.root().child("c"), -1, 3));
    c.put("cell-huge", w -> new LstmCell(w.store.root().child("c"), LstmCell.Settings.of(Integer.MAX_VALUE, Integer.MAX_VALUE)));
    c.put("stack-empty", w -> new StackedCell(List.of(), false));
    c.put("stack-mismatch", w -> new StackedCell(List.of(w.lstm(), new BasicRnnCell(w.store.root().child("b"), 9, 2)), false));
    c.put("stack-same-cell", w -> { LstmCell l = new LstmCell(w.store.root().child("s"), LstmCell.Settings.of(4, 4)); new StackedCell(List.of(l, l), false); });
    c.put("residual-mismatch", w -> new ResidualCell<>(w.lstm()));
    c.put("dropout-cell-none", w -> new DropoutCell<>(w.lstm(), false, false));
    c.put("learned-state-foreign", w -> new LearnedState<>(w.other.root().child("l"), w.lstm()).of(w.tf, w.tf.constant(2)));
    c.put("zero-state-vector", w -> w.lstm().zeroState(w.tf, w.tf.constant(new int[] {1, 2})));
    c.put("unroll-none", w -> { LstmCell l = w.lstm(); StaticUnroll.run(w.tf, l, List.of(), w.state(l, 1)); });
    c.put("bidirectional-masks", w -> { LstmCell l = w.lstm(); Bidirectional.run(w.tf, l, w.state(l, 2), l, w.state(l, 2), w.zeros(2, 2, 3), ScanOptions.training().withMasks(List.of(w.rate))); });
    c.put("lengths-beyond", w -> ScanOptions.requireLengths(3, 4));
  }

  private static void scan(World w, ScanOptions options) {
    LstmCell cell = w.lstm();
    var run = Scan.run(w.tf, cell, w.zeros(2, 2, 3), w.state(cell, 2), options);
    w.run(run.outputs(), new Feeds());
  }

  private static void optimizers(Map<String, Case> c) {
    c.put("minimize-foreign", w -> new Adam(w.store, w.rate, w.none).minimize(w.foreignLoss()));
    c.put("minimize-whole-number", w -> new Adam(w.store, w.rate, w.none).minimize(w.tf.constant(1)));
    c.put("minimize-constant", w -> new Adam(w.store, w.rate, w.none).minimize(w.rate));
    c.put("rate-foreign", w -> new Adam(w.store, w.other.root().tf().constant(1f), w.none));
    c.put("rate-vector", w -> new Adam(w.store, w.tf.constant(new float[2]), w.none));
    c.put("two-adams", w -> { new Adam(w.store, w.rate, w.none).minimize(w.loss()); new Adam(w.store, w.rate, w.none).minimize(w.loss()); });
    c.put("beta-nan", w -> new Adam(w.store, w.rate, w.none, Float.NaN, 0.9f, 1e-8f));
    c.put("decay-one", w -> new RmsProp(w.store, w.rate, w.none, 1f, 0f, 1e-7f));
    c.put("momentum-infinite", w -> new Momentum(w.store, w.rate, w.none, Float.POSITIVE_INFINITY, true));
    c.put("clip-nan", w -> GradientClip.globalNorm(Float.NaN));
    c.put("clip-negative", w -> GradientClip.value(-1));
    c.put("apply-foreign-parameter", w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of(w.foreign, w.w.value())));
    c.put("apply-foreign-gradient", w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of(w.w, w.foreign.value())));
    c.put("apply-nothing", w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of()));
    c.put("apply-wrong-shape", w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of(w.w, w.rate)));
    c.put("decay-nothing", w -> WeightDecay.loss(w.tf, List.of(), 1f));
    c.put("decay-nan", w -> WeightDecay.loss(w.tf, List.of(w.w.value()), Float.NaN));
    c.put("huge-gradients", w -> { var step = new Adam(w.store, w.rate, GradientClip.globalNorm(1)).minimize(w.tf.math.mul(w.loss(), w.tf.constant(1e20f))); w.run(step.globalNorm(), new Feeds()); });
    c.put("clip-of-none", w -> new GradientDescent(w.store, w.rate, (tf, g, n) -> List.of()).minimize(w.loss()));
    c.put("clip-of-many", w -> new GradientDescent(w.store, w.rate, (tf, g, n) -> Collections.nCopies(7, g.get(0))).minimize(w.loss()));
    c.put("infinite-rate", w -> { var step = new GradientDescent(w.store, w.tf.constant(Float.POSITIVE_INFINITY), w.none).minimize(w.loss()); w.run(step.globalNorm(), new Feeds()); });
  }
}
