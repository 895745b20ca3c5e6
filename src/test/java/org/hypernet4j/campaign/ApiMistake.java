// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Ways to use the library wrongly, each with numbers left to chance. */
enum ApiMistake {
  HOSTILE_SHAPE {
    @Override
    void make(Random random) {
      long[] axes = new long[random.nextInt(300)];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = HOSTILE[random.nextInt(HOSTILE.length)];
      }
      feed(Shape.of(axes), random.nextInt(8));
    }
  },
  FEW_HOSTILE_AXES {
    @Override
    void make(Random random) {
      long a = HOSTILE[random.nextInt(HOSTILE.length)];
      long b = HOSTILE[random.nextInt(HOSTILE.length)];
      feed(random.nextBoolean() ? Shape.of(a) : Shape.of(a, b), random.nextInt(8));
    }
  },
  UNKNOWN_SHAPE {
    @Override
    void make(Random random) {
      feed(random.nextBoolean() ? Shape.unknown() : Shape.of(-1, 2), 2);
    }
  },
  EMPTY_IMAGES {
    @Override
    void make(Random random) {
      images(Shape.of(0, 8, 8, 1), random);
    }
  },
  NO_PIXELS {
    @Override
    void make(Random random) {
      images(random.nextBoolean() ? Shape.of(1, 0, 0, 1) : Shape.of(2, 0, 8, 1), random);
    }
  },
  HUGE_GENERATED_KERNEL {
    @Override
    void make(Random random) {
      int size = 1 << (16 + random.nextInt(8));
      generate(KernelShape.dense(size, size));
    }
  },
  SHAPE_OF_NO_KERNEL {
    @Override
    void make(Random random) {
      generate(KernelShape.dense(-random.nextInt(3), 1 + random.nextInt(20)));
    }
  },
  GRADIENT_OF_ANOTHER_GRAPH {
    @Override
    void make(Random random) {
      try (Graph one = new Graph();
          Graph other = new Graph()) {
        ParameterStore store = new ParameterStore(one, 1);
        Operand<TFloat32> weight =
            store.root().value("w", Shape.of(4), Initializers.ones(), Role.KERNEL);
        Ops foreign = Ops.create(other);
        Operand<TFloat32> by = foreign.constant(new float[] {3, 3, 3, 3});
        for (int i = random.nextInt(40); i > 0; i--) {
          by = foreign.math.add(by, foreign.constant(1f));
        }
        Gradients.product(
            List.of(store.root().tf().math.square(weight)), List.of(by), List.of(weight));
      }
    }
  },
  LOSS_OF_ANOTHER_GRAPH {
    @Override
    void make(Random random) {
      try (Graph one = new Graph();
          Graph other = new Graph()) {
        ParameterStore store = new ParameterStore(one, 1);
        store.root().value("w", Shape.of(4), Initializers.ones(), Role.KERNEL);
        Ops tf = random.nextBoolean() ? Ops.create(other) : store.root().tf();
        new Adam(store, tf.constant(0.1f), GradientClip.none())
            .minimize(Ops.create(other).constant(1f));
      }
    }
  },
  SEQUENCES_OF_ANOTHER_SIZE {
    @Override
    void make(Random random) {
      sequences(Shape.of(random.nextInt(3), random.nextInt(3), random.nextInt(5)));
    }
  },
  NO_SEQUENCES {
    @Override
    void make(Random random) {
      sequences(Shape.of(random.nextBoolean() ? 5 : 0, random.nextBoolean() ? 2 : 0, 3));
    }
  },
  CLOSED_GRAPH {
    @Override
    void make(Random random) {
      Graph graph = new Graph();
      ParameterStore store = new ParameterStore(graph, 1);
      graph.close();
      store.root().value("w", Shape.of(4), Initializers.ones(), Role.KERNEL);
    }
  },
  NAME_TWICE_OR_STRANGE {
    @Override
    void make(Random random) {
      List<String> names = List.of("", "a/b", "w", " ", "ä", "_", "w:0", "^w", "../w", "w\n");
      try (Graph graph = new Graph()) {
        ParameterStore store = new ParameterStore(graph, 1);
        store.root().value("w", Shape.of(4), Initializers.ones(), Role.KERNEL);
        String name = names.get(random.nextInt(names.size()));
        store.root().value(name, Shape.of(4), Initializers.ones(), Role.KERNEL);
        store.root().child(name).value("v", Shape.of(4), Initializers.ones(), Role.KERNEL);
      }
    }
  },
  HUGE_PARAMETER {
    @Override
    void make(Random random) {
      try (Graph graph = new Graph();
          Session session = new Session(graph)) {
        ParameterStore store = new ParameterStore(graph, 1);
        long size = 1L << (32 + random.nextInt(30));
        Shape shape = random.nextBoolean() ? Shape.of(size) : Shape.of(size, size);
        store.root().value("w", shape, Initializers.glorotUniform(), Role.KERNEL);
        store.initialize(session);
      }
    }
  };

  private static final long[] HOSTILE = {
    0, 1, 2, -1, -2, 1L << 31, 1L << 32, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE
  };

  /** Makes it; a right result is as good as an error of ours. */
  abstract void make(Random random) throws Exception;

  private static void feed(Shape shape, int values) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class);
      try (Feeds feeds = new Feeds().floats(x, shape, new float[values]);
          Result result = feeds.into(session.runner()).fetch(tf.identity(x)).run()) {
        result.get(0).shape();
      }
    }
  }

  private static void images(Shape shape, Random random) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      Ops tf = store.root().tf();
      Placeholder<TFloat32> x =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 1)));
      Operand<TFloat32> kernel =
          store.root().value("k", Shape.of(3, 3, 1, 2), Initializers.glorotUniform(), Role.KERNEL);
      Operand<TFloat32> filtered = Conv2d.apply(tf, x, kernel, 1);
      Operand<TFloat32> pooled =
          switch (random.nextInt(3)) {
            case 0 -> Conv2d.averagePool2(tf, filtered);
            case 1 -> filtered;
            default -> Conv2d.maxPool2(tf, filtered);
          };
      TrainOp train =
          new Adam(store, tf.constant(0.1f), GradientClip.none())
              .minimize(tf.math.mean(pooled, tf.constant(new int[] {0, 1, 2, 3})));
      store.initialize(session);
      try (Feeds feeds = new Feeds().floats(x, shape);
          Result result = feeds.into(session.runner()).addTarget(train.op()).run()) {
        result.size();
      }
    }
  }

  private static void generate(KernelShape shape) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      Map<String, Operand<TFloat32>> kernels =
          new GeneratedKernels(
                  new TwoLayerLinearGenerator(
                      store.root().child("g"),
                      TwoLayerLinearGenerator.Settings.paper(KernelShape.dense(8, 8), 4)))
              .add("a", shape)
              .build(store.root().child("e"));
      store.initialize(session);
      try (Result result = session.runner().fetch(kernels.get("a")).run()) {
        result.get(0).shape();
      }
    }
  }

  private static void sequences(Shape shape) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      Ops tf = store.root().tf();
      Placeholder<TFloat32> xs =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 3)));
      LstmCell cell = new LstmCell(store.root().child("cell"), LstmCell.Settings.of(3, 4));
      Operand<TFloat32> outputs =
          Scan.run(tf, cell, xs, cell.zeroState(tf, tf.constant(2)), ScanOptions.training())
              .outputs();
      TrainOp train =
          new Adam(store, tf.constant(0.1f), GradientClip.none())
              .minimize(tf.math.mean(outputs, tf.constant(new int[] {0, 1, 2})));
      store.initialize(session);
      try (Feeds feeds = new Feeds().floats(xs, shape, new float[(int) shape.size()]);
          Result result = feeds.into(session.runner()).addTarget(train.op()).run()) {
        result.size();
      }
    }
  }
}
