// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.Network;
import org.hypernet4j.nn.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** docs/not-covered.md shows code that is compiled, and what it builds can learn. */
class NotCoveredTest {
  @ParameterizedTest
  @ValueSource(strings = {"ArchitectureGraph", "TreatmentHeads", "GoalPolicy"})
  void showsTheExampleThatRuns(String example) throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/hypernet4j/examples", example + ".java"));
    String begin = "  // example begins\n";
    String code =
        source.substring(
            source.indexOf(begin) + begin.length(), source.indexOf("  // example ends"));
    String dedented =
        code.lines()
            .map(l -> l.length() > 2 ? l.substring(2) : "")
            .collect(Collectors.joining("\n"));
    assertThat(Files.readString(Path.of("docs/not-covered.md")))
        .contains("```java\n" + dedented + "\n```");
  }

  private static float[] weightsOfThird(float[][] edges, boolean learning) {
    try (TestGraph g = new TestGraph()) {
      float[][] kinds = {{1, 0, 0.5f}, {0, 1, 1}, {1, 0, 0.25f}};
      Weights nodes =
          ArchitectureGraph.weights(
              g.store.root(), kinds, edges, WeightTable.empty().dense("layer", 4, 3));
      Operand<TFloat32> kernels = nodes.get(g.tf, "layer/kernel");
      assertThat(kernels.shape().asArray()).containsExactly(3, 4, 3);
      Operand<TFloat32> loss =
          g.tf.math.add(g.sum(g.tf.math.square(kernels)), g.sum(nodes.get(g.tf, "layer/bias")));
      List<Operand<TFloat32>> gradients =
          List.copyOf(Gradients.of(loss, g.store.trainables()).values());
      g.store.initialize(g.session);
      if (learning) {
        float largest = 0;
        for (float entry : g.fetch(gradients.get(0))) {
          largest = Math.max(largest, Math.abs(entry));
        }
        assertThat(largest).as("gradient of the first round").isPositive();
      }
      float[] all = g.fetch(kernels);
      float[] third = new float[12];
      System.arraycopy(all, 24, third, 0, 12);
      return third;
    }
  }

  /** A node's weights depend on what the nodes compute that it reads. */
  @Test
  void theWeightsOfANodeKnowItsNeighbours() {
    float[][] chain = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}};
    float[][] alone = {{0, 0, 0}, {1, 0, 0}, {0, 0, 0}};
    assertThat(weightsOfThird(chain, true)).isNotEqualTo(weightsOfThird(alone, false));
    assertThat(weightsOfThird(chain, false)).isEqualTo(weightsOfThird(chain, false));
  }

  /** Every person has the head of the own dose: rows are computed from themselves alone. */
  @Test
  void outcomesFollowTheDose() {
    try (TestGraph g = new TestGraph()) {
      Network network = TreatmentHeads.network(g.store.root(), 2);
      Operand<TFloat32> both =
          network.apply(g.tf, g.tf.constant(new float[][] {{1, 2, 0}, {1, 2, 1}}), null);
      Operand<TFloat32> treated =
          network.apply(g.tf, g.tf.constant(new float[][] {{1, 2, 1}}), null);
      g.store.initialize(g.session);
      List<float[]> outcomes = g.fetch(List.of(both, treated));
      assertThat(outcomes.get(0)[1]).isCloseTo(outcomes.get(1)[0], within(1e-5f));
      assertThat(outcomes.get(0)[0]).isNotCloseTo(outcomes.get(0)[1], within(1e-3f));
    }
  }

  /** Two goals, two actions; the action with the number of the goal gains 1, the other 0. */
  @Test
  void aPolicyLearnsToFollowItsGoal() {
    int batch = 32;
    Random random = new Random(3);
    try (TestGraph g = new TestGraph()) {
      GoalPolicy policy = GoalPolicy.build(g.store, 1, 2, 2);
      g.store.initialize(g.session);
      float right = 0;
      for (int step = 0; step < 60; step++) {
        float[] states = new float[batch];
        float[] goals = new float[2 * batch];
        float[] gains = new float[2 * batch];
        for (int i = 0; i < batch; i++) {
          states[i] = random.nextFloat();
          goals[2 * i + random.nextInt(2)] = 1;
        }
        float[] scores = scores(g, policy, states, goals);
        right = 0;
        for (int i = 0; i < batch; i++) {
          double first = 1 / (1 + Math.exp(scores[2 * i + 1] - scores[2 * i]));
          int action = random.nextDouble() < first ? 0 : 1;
          boolean follows = goals[2 * i + action] == 1;
          gains[2 * i + action] = follows ? 0.5f : -0.5f; // the gain less the expected 0.5
          right += follows ? 1f / batch : 0;
        }
        try (Feeds feeds =
                inputs(policy, states, goals)
                    .floats(policy.advantages().fed(), Shape.of(batch, 2), gains)
                    .floats(policy.nodes().learningRate(), Shape.scalar(), 0.02f);
            Result done = feeds.into(g.session.runner()).addTarget(policy.nodes().step()).run()) {
          assertThat(done.size()).isZero();
        }
      }
      assertThat(right).isGreaterThan(0.9f); // 0.5 by chance
    }
  }

  private static Feeds inputs(GoalPolicy policy, float[] states, float[] goals) {
    return new Feeds()
        .floats(policy.states().fed(), Shape.of(states.length, 1), states)
        .floats(policy.goals().fed(), Shape.of(states.length, 2), goals);
  }

  private static float[] scores(TestGraph g, GoalPolicy policy, float[] states, float[] goals) {
    Session.Runner runner = g.session.runner();
    try (Feeds feeds = inputs(policy, states, goals);
        Result result = feeds.into(runner).fetch(policy.logits()).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] scores = new float[2 * states.length];
      tensor.asRawTensor().data().asFloats().read(scores);
      return scores;
    }
  }
}
