// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.LowRankHeads;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The example of docs/generators.md: a network of one's own becomes a family of networks. */
class FromANetworkToItsHypernetworkTest {
  // guide example begins
  /** A network of yours: its weights by name, and what it computes with them. */
  static final TargetNetwork NET =
      TargetNetwork.of(
          WeightTable.empty().dense("in", 1, 16).dense("middle", 16, 16).dense("out", 16, 1),
          (tf, w, x) -> {
            Operand<TFloat32> h = tf.math.tanh(w.dense(tf, "in", x));
            h = tf.math.add(h, tf.math.tanh(w.dense(tf, "middle", h)));
            return w.dense(tf, "out", h);
          });

  /** One hypernetwork learns to draw c sin x for every c from -1 to 1; the loss for one c. */
  static float train(int steps, float height, float[] xs) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 42L);
      Ops tf = store.root().tf();
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 1)));
      Placeholder<TFloat32> c = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1)));

      ChunkedKernels design = new ChunkedKernels(64, 8, List.of(32), TargetVariance.XAVIER);
      ConditionedNetwork family = new ConditionedNetwork(store.root(), NET, design, 1);
      Operand<TFloat32> y = family.apply(tf, Condition.of(c), x);
      Operand<TFloat32> wanted = tf.math.mul(c, tf.math.sin(x));
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.squaredDifference(y, wanted), tf.constant(new int[] {0, 1}));
      TrainOp train = new Adam(store, tf.constant(0.01f), GradientClip.none()).minimize(loss);
      store.initialize(session);
      float found = Float.NaN;
      for (int step = 0; step <= steps; step++) {
        float now = step == steps ? height : (float) Math.sin(step); // a member of the family
        try (Feeds feeds =
                new Feeds().floats(x, Shape.of(xs.length, 1), xs).floats(c, Shape.of(1), now);
            Result result =
                feeds.into(session.runner()).fetch(loss).addTarget(train.update()).run()) {
          found = ((TFloat32) result.get(0)).getFloat();
        }
      }
      return found;
    }
  }

  // guide example ends

  @Test
  void learnsAFamilyOfNetworks() {
    float[] xs = new float[32];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = -3 + 6f * i / 31;
    }
    // a height that was never seen; its curve has the mean square 0.37^2 0.51 = 0.07 there
    assertThat(train(0, 0.37f, xs)).isGreaterThan(0.03f);
    assertThat(train(300, 0.37f, xs)).isLessThan(0.01f);
  }

  @Test
  void takesItsWeightsFromAnywhere() {
    try (TestGraph test = new TestGraph()) {
      ParameterScope scope = test.store.root();
      Ops tf = test.tf;
      Operand<TFloat32> x = tf.constant(new float[][] {{1f}, {2f}});
      Operand<TFloat32> rows = tf.constant(new float[][] {{0.5f}, {-1f}});
      ConditionedNetwork family =
          new ConditionedNetwork(
              scope.child("family"),
              NET,
              new ChunkedKernels(64, 8, List.of(32), TargetVariance.XAVIER),
              1);
      // weights example begins
      Weights plain = Weights.parameters(scope, NET.weights()); // in/kernel, in/bias, ...
      Operand<TFloat32> ordinary = NET.apply(tf, plain, x);

      Condition each = Condition.of(rows); // [batch, 1]: a network for each example
      Operand<TFloat32> own = family.apply(tf, each, x);

      LowRankHeads heads = // W + A B for one kernel, A and B made from the condition
          new LowRankHeads(
              scope.child("adapters"),
              new LowRankHeads.Settings(2, 1f, 4, List.of(8)),
              NET.weights(),
              List.of("middle/kernel"),
              1);
      Operand<TFloat32> adapted = NET.apply(tf, plain.changed(heads.generate(tf, each)), x);
      // weights example ends
      test.store.initialize(test.session);
      List<float[]> values = test.fetch(List.of(ordinary, own, adapted));
      assertThat(values.get(2)).containsExactly(values.get(0)); // no change before training
      assertThat(values.get(1)).hasSize(2).isNotEqualTo(values.get(0));
      assertThat(test.store.get("middle/kernel").shape()).isEqualTo(Shape.of(16, 16));
    }
  }

  @Test
  void isWhatTheGuideShows() throws IOException {
    String source =
        Files.readString(
            Path.of(
                "src/test/java/org/hypernet4j/examples/FromANetworkToItsHypernetworkTest.java"));
    String example = part(source, "  // guide example begins\n", "  // guide example ends", 2);
    assertThat(example.lines().count()).isLessThanOrEqualTo(40);
    String weights =
        part(source, "// weights example begins\n", "      // weights example ends", 6);
    assertThat(Files.readString(Path.of("docs/generators.md")))
        .contains("```java\n" + example + "\n```")
        .contains("```java\n" + weights + "\n```");
  }

  private static String part(String source, String begin, String end, int indent) {
    int from = source.indexOf(begin) + begin.length();
    return source
        .substring(from, source.indexOf(end, from))
        .stripTrailing()
        .lines()
        .map(line -> line.length() > indent ? line.substring(indent) : "")
        .collect(Collectors.joining("\n"));
  }
}
