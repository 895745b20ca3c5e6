// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.graph.internal.StepFunction;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.train.StepInputs;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Stores, parameters, gradients, loops and feeds in odd ways. */
final class MisuseOfGraphs {
  private MisuseOfGraphs() {}

  static void graphs(Map<String, MisuseCases.Case> c) {
    c.put(
        "closed-store-parameter",
        w -> {
          w.close();
          w.store.root().parameter("z", Shape.of(2), Initializers.ones(), Role.KERNEL);
        });
    c.put(
        "closed-store-initialize",
        w -> {
          w.close();
          w.store.initialize(w.session);
        });
    c.put(
        "closed-session-read",
        w -> {
          w.session.close();
          ParameterValues.read(w.session, w.w);
        });
    c.put(
        "closed-graph-gradient",
        w -> {
          Operand<TFloat32> l = w.loss();
          w.close();
          Gradients.of(l, List.of(w.w));
        });
    c.put("not-initialised-read", w -> ParameterValues.read(w.session, w.w));
    c.put("other-store-initialize", w -> w.other.initialize(w.session));
    c.put("other-store-read", w -> ParameterValues.read(w.session, w.foreign));
    c.put(
        "other-store-assign",
        w -> ParameterValues.assign(w.session, w.other, Map.of("w", new float[6])));
    c.put(
        "assign-unknown-name",
        w -> ParameterValues.assign(w.session, w.store, Map.of("v", new float[6])));
    c.put(
        "assign-wrong-length",
        w -> ParameterValues.assign(w.session, w.store, Map.of("w", new float[5])));
    c.put("empty-store-initialize", w -> new ParameterStore(w.graph, 1).initialize(w.session));
    c.put(
        "parameter-same-name",
        w -> w.store.root().parameter("w", Shape.of(1), Initializers.ones(), Role.KERNEL));
    c.put(
        "parameter-name-of-op",
        w -> {
          w.tf.withName("taken").constant(1f);
          w.store.root().parameter("taken", Shape.of(1), Initializers.ones(), Role.KERNEL);
        });
    c.put(
        "two-stores-one-graph",
        w ->
            new ParameterStore(w.graph, 2)
                .root()
                .parameter("w", Shape.of(1), Initializers.ones(), Role.KERNEL));
    for (String name :
        List.of(
            "",
            " ",
            "a b",
            "ä",
            "a/../b",
            "/",
            "a//b",
            "_a",
            "a_12345678901",
            "a\n",
            "^a",
            "a:0",
            "a".repeat(100_000))) {
      c.put(
          "name-" + c.size(),
          w ->
              w.store
                  .root()
                  .child(name)
                  .parameter("p", Shape.of(1), Initializers.ones(), Role.KERNEL));
      c.put(
          "parameter-name-" + c.size(),
          w -> w.store.root().parameter(name, Shape.of(1), Initializers.ones(), Role.KERNEL));
    }
    c.put("child-named-as-parameter", w -> w.store.root().child("w").tf().constant(1f));
    for (Shape shape :
        List.of(
            Shape.unknown(),
            Shape.of(-1),
            Shape.of(0),
            Shape.of(1L << 40),
            Shape.of(1L << 32, 1L << 32),
            Shape.of(new long[255]))) {
      c.put(
          "parameter-shape-" + c.size(),
          w -> w.store.root().parameter("z", shape, Initializers.ones(), Role.KERNEL));
      c.put("initializer-shape-" + c.size(), w -> Initializers.orthogonal(1f).call(w.tf, shape, 1));
      c.put(
          "input-shape-" + c.size(),
          w -> StepInputs.whole(w.store).examples("x", TFloat32.class, shape, 0));
    }
    c.put("orthogonal-vector", w -> Initializers.orthogonal(1f).call(w.tf, Shape.of(3), 1));
    c.put(
        "orthogonal-blocks-zero",
        w -> Initializers.orthogonalBlocks(0, 1f).call(w.tf, Shape.of(3, 4), 1));
    c.put(
        "initializer-nan",
        w ->
            w.store
                .root()
                .parameter("n", Shape.of(2), Initializers.normal(Float.NaN, -1f), Role.KERNEL));
    c.put(
        "input-axis-beyond",
        w -> StepInputs.whole(w.store).examples("x", TFloat32.class, Shape.of(2), 7));
    c.put("gradient-of-nothing", w -> Gradients.of(w.loss(), List.of()));
    c.put("gradient-of-matrix", w -> Gradients.of(w.w.value(), List.of(w.w)));
    c.put("gradient-foreign-parameter", w -> Gradients.of(w.loss(), List.of(w.foreign)));
    c.put(
        "gradient-foreign-tensor", w -> Gradients.byTensors(w.loss(), List.of(w.foreign.value())));
    c.put(
        "product-foreign-dy",
        w ->
            Gradients.product(
                List.of(w.w.value()), List.of(w.foreign.value()), List.of(w.w.value())));
    c.put(
        "product-foreign-y",
        w ->
            Gradients.product(
                List.of(w.w.value(), w.foreign.value()),
                List.of(w.w.value(), w.w.value()),
                List.of(w.w.value())));
    c.put(
        "product-foreign-x",
        w ->
            Gradients.product(
                List.of(w.w.value()), List.of(w.w.value()), List.of(w.foreign.value())));
    c.put(
        "product-few-dys",
        w -> Gradients.product(List.of(w.w.value()), List.of(), List.of(w.w.value())));
    c.put(
        "product-wrong-shape",
        w -> Gradients.product(List.of(w.w.value()), List.of(w.rate), List.of(w.w.value())));
    c.put("product-empty", w -> Gradients.product(List.of(), List.of(), List.of()));
    c.put(
        "product-same-y-twice",
        w ->
            Gradients.product(
                List.of(w.w.value(), w.w.value()),
                List.of(w.w.value(), w.w.value()),
                List.of(w.w.value())));
    c.put("assign-foreign-value", w -> w.w.assign(w.tf, w.foreign.value()));
    c.put(
        "loop-foreign-variable",
        w -> {
          try (Loop loop = new Loop(w.tf, "l")) {
            loop.variable(w.foreign.value());
            loop.build((o, at) -> o.constant(false));
          }
        });
    c.put(
        "loop-unknown-next",
        w -> {
          try (Loop loop = new Loop(w.tf, "l")) {
            loop.next(w.w.value().asOutput(), w.rate);
            loop.build((o, at) -> o.constant(false));
          }
        });
    c.put(
        "loop-outside-in-body",
        w -> {
          try (Loop loop = new Loop(w.tf, "l")) {
            var v = loop.variable(w.w.value());
            loop.next(v, w.w.value());
            loop.build((o, at) -> o.constant(false));
          }
        });
    c.put(
        "loop-without-variables",
        w -> {
          try (Loop loop = new Loop(w.tf, "l")) {
            loop.build((o, at) -> o.constant(false));
          }
        });
    c.put(
        "loop-after-close",
        w -> {
          Loop loop = new Loop(w.tf, "l");
          loop.close();
          loop.variable(w.rate);
        });
    c.put(
        "step-function-foreign",
        w -> {
          try (StepFunction f = StepFunction.in(w.tf, "f", true)) {
            f.leave(List.of(f.enter(w.foreign.value())));
          }
        });
    c.put(
        "step-function-outside",
        w -> {
          try (StepFunction f = StepFunction.in(w.tf, "f", true)) {
            f.leave(List.of(w.w.value()));
          }
        });
    c.put("random-bound-zero", w -> StatelessRandom.of(1).below(0, 0));
    c.put(
        "random-permutation-negative",
        w -> {
          if (StatelessRandom.of(1).permutation(0).length != 0) {
            throw new AssertionError("not empty");
          }
        });
  }

  static void feeds(Map<String, MisuseCases.Case> c) {
    for (Shape shape :
        List.of(
            Shape.unknown(),
            Shape.of(-1, 3),
            Shape.of(-2, -3),
            Shape.of(1L << 32, 1L << 32),
            Shape.of(new long[255]),
            Shape.of(0, 1L << 62),
            Shape.of(3))) {
      c.put(
          "feed-" + c.size(),
          w -> w.run(w.rate, new Feeds().floats(w.tf.placeholder(TFloat32.class), shape)));
    }
    c.put(
        "feed-foreign",
        w ->
            w.run(
                w.rate,
                new Feeds()
                    .floats(w.other.root().tf().placeholder(TFloat32.class), Shape.of(1), 1f)));
    c.put(
        "feed-closed",
        w -> {
          Feeds f = new Feeds();
          f.close();
          f.floats(w.input(1), Shape.of(1), 1f);
        });
    c.put(
        "feed-run-after-close",
        w -> {
          Feeds f = new Feeds().floats(w.input(1), Shape.of(1), 1f);
          f.close();
          f.into(w.session.runner());
        });
    c.put("feed-stacked-none", w -> Feeds.stacked(List.of(), Map.of()));
    c.put(
        "feed-twice",
        w -> {
          var x = w.input(1);
          w.run(
              w.tf.identity(x), new Feeds().floats(x, Shape.of(1), 1f).floats(x, Shape.of(1), 2f));
        });
  }
}
