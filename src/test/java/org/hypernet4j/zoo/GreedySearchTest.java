// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** {@link BeamSearch#greedy} against a walk in plain Java that takes the best token each time. */
class GreedySearchTest {
  private static final int SENTENCES = 12;
  private static final int LIMIT = 7;
  private static final BeamSettings SETTINGS = new BeamSettings(4, 0.7f, 0.3f, 1, 2, 0);

  private final TableDecoder table = TableDecoder.random(31, SENTENCES, 6, 6, 4);

  /** The token with the largest logit, the first of equal ones. */
  private static int best(float... logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static double logProb(int token, float... logits) {
    return logits[token]
        - Math.log(IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).sum());
  }

  @Test
  void takesTheMostProbableTokens() {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf;
      BeamSearch.Greedy greedy =
          BeamSearch.greedy(
              tf,
              SETTINGS,
              table.step(tf, tf.constant(IntStream.range(0, SENTENCES).toArray())),
              6,
              tf.constant(table.sourceLengths()),
              tf.constant(LIMIT));
      try (Result result =
          graph
              .session
              .runner()
              .fetch(greedy.ids())
              .fetch(greedy.lengths())
              .fetch(greedy.logProbs())
              .fetch(greedy.alignments())
              .run()) {
        TInt32 ids = (TInt32) result.get(0);
        TInt32 lengths = (TInt32) result.get(1);
        TFloat32 logProbs = (TFloat32) result.get(2);
        TFloat32 alignments = (TFloat32) result.get(3);
        int steps = (int) ids.shape().get(1);
        for (int b = 0; b < SENTENCES; b++) {
          List<Integer> read = new ArrayList<>(List.of(SETTINGS.start()));
          double sum = 0;
          for (int t = 0; t < steps; t++) {
            boolean over = t > 0 && read.get(t) == SETTINGS.end();
            if (over) {
              assertThat(ids.getInt(b, t)).isEqualTo(SETTINGS.pad());
              assertThat(alignments.getFloat(b, t, 0)).isEqualTo(0);
              read.add(SETTINGS.end());
              continue;
            }
            float[] logits = table.plain(b).logits(read);
            float[] attention = table.plain(b).attention(read);
            int token = best(logits);
            sum += logProb(token, logits);
            assertThat(ids.getInt(b, t)).isEqualTo(token);
            for (int s = 0; s < attention.length; s++) {
              assertThat(alignments.getFloat(b, t, s)).isEqualTo(attention[s]);
            }
            read.add(token);
          }
          int end = read.indexOf(SETTINGS.end());
          assertThat(lengths.getInt(b)).isEqualTo(end < 0 ? LIMIT : end);
          assertThat((double) logProbs.getFloat(b)).isCloseTo(sum, within(1e-5));
        }
      }
    }
  }

  @Test
  void isTheBeamSearchWithOneBeam() {
    int[] all = IntStream.range(0, SENTENCES).toArray();
    try (TestGraph graph = new TestGraph();
        BeamRun run = new BeamRun(table, SETTINGS.withBeams(1), LIMIT)) {
      Ops tf = graph.tf;
      BeamSearch.Greedy greedy =
          BeamSearch.greedy(
              tf,
              SETTINGS,
              table.step(tf, tf.constant(all)),
              6,
              tf.constant(table.sourceLengths()),
              tf.constant(LIMIT));
      float[] logProbs = graph.fetch(greedy.logProbs());
      List<BeamRun.Found> found = run.run(all);
      assertThat(found.stream().map(each -> each.logProbs().get(0)).toList())
          .isEqualTo(Arrays.asList(boxed(logProbs)));
    }
  }

  private static Float[] boxed(float... values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }
}
