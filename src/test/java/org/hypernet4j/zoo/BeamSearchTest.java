// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.exceptions.TFInvalidArgumentException;

/** The search in the graph against {@link PlainBeams}, a search in double arithmetic. */
class BeamSearchTest {
  private static final int PAD = 0;
  private static final int START = 1;
  private static final int END = 2;
  private static final float EXACTLY_NOTHING = 0;

  private static BeamSettings settings(int beams, double alpha, double beta) {
    return new BeamSettings(beams, (float) alpha, (float) beta, START, END, PAD);
  }

  private static int[] all(TableDecoder table) {
    return IntStream.range(0, table.sentences()).toArray();
  }

  private static void assertSame(
      BeamRun.Found found,
      List<PlainBeams.Hypothesis> expected,
      BeamSettings settings,
      int sourceLength) {
    assertThat(found.ids()).isEqualTo(expected.stream().map(PlainBeams.Hypothesis::ids).toList());
    for (int k = 0; k < expected.size(); k++) {
      PlainBeams.Hypothesis each = expected.get(k);
      assertThat((double) found.logProbs().get(k)).isCloseTo(each.logProb(), within(1e-5));
      assertThat((double) found.scores().get(k))
          .isCloseTo(each.score(settings, sourceLength), within(1e-5));
      assertThat(found.behind().get(k)).allMatch(id -> id == PAD);
      for (int s = 0; s < each.coverage().size(); s++) {
        assertThat((double) found.coverage().get(k).get(s))
            .isCloseTo(each.coverage().get(s), within(1e-5));
      }
    }
  }

  private static void assertSameAsPlain(TableDecoder table, BeamSettings settings, int... limits) {
    try (BeamRun run = new BeamRun(table, settings, limits)) {
      List<BeamRun.Found> found = run.run(all(table));
      for (int b = 0; b < table.sentences(); b++) {
        int length = table.sourceLengths()[b];
        int limit = limits[Math.min(b, limits.length - 1)];
        assertSame(
            found.get(b),
            PlainBeams.search(table.plain(b), settings, length, limit),
            settings,
            length);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0", "3, 0, 0", "4, 0.6, 0.2", "7, 1.3, 0.7", "2, 0.2, 0"})
  void findsWhatASearchInPlainJavaFinds(int beams, double alpha, double beta) {
    assertSameAsPlain(TableDecoder.random(7 + beams, 20, 3, 7, 5), settings(beams, alpha, beta), 9);
  }

  @Test
  void endsEachSentenceAtItsOwnLimit() {
    assertSameAsPlain(TableDecoder.random(3, 6, 7, 7, 3), settings(3, 0.8, 0.3), 1, 2, 9, 4, 3, 12);
  }

  @Test
  void findsTheBestOfAllTranslationsWithEnoughBeams() {
    // four tokens of 128 can occur: 40 translations of up to four tokens end, 81 do not
    TableDecoder table = TableDecoder.random(5, 3, 4, 128, 4);
    for (int i = 0; i < table.logits().length; i++) {
      if (i % 128 > 3) {
        table.logits()[i] = -200;
      }
    }
    for (BeamSettings settings : List.of(settings(128, 0, 0), settings(128, 1, 0.4))) {
      try (BeamRun run = new BeamRun(table, settings, 4)) {
        List<BeamRun.Found> found = run.run(all(table));
        for (int b = 0; b < 3; b++) {
          int length = table.sourceLengths()[b];
          PlainBeams.Model model = table.plain(b);
          PlainBeams.Model live =
              new PlainBeams.Model() {
                @Override
                public float[] logits(List<Integer> read) {
                  return Arrays.copyOf(model.logits(read), 4);
                }

                @Override
                public float[] attention(List<Integer> read) {
                  return model.attention(read);
                }
              };
          List<PlainBeams.Hypothesis> expected = PlainBeams.all(live, settings, length, 4);
          assertThat(expected).hasSize(121);
          BeamRun.Found best = found.get(b);
          assertSame(
              new BeamRun.Found(
                  best.ids().subList(0, 121),
                  best.behind(),
                  best.scores(),
                  best.logProbs(),
                  best.coverage(),
                  best.alignments()),
              expected,
              settings,
              length);
        }
      }
    }
  }

  @Test
  void takesEqualCandidatesInTheOrderOfBeamAndToken() {
    // rows of 0 and -100: sums of exponentials are small whole numbers, and equality is frequent
    TableDecoder table = TableDecoder.random(11, 30, 2, 6, 3);
    Random random = new Random(12);
    for (int i = 0; i < table.logits().length; i++) {
      table.logits()[i] = random.nextInt(3) == 0 ? -100 : 0;
    }
    for (double alpha : new double[] {0, 0.7}) {
      assertSameAsPlain(table, settings(4, alpha, 0), 6);
    }
    Arrays.fill(table.logits(), 0);
    assertSameAsPlain(table, settings(5, 0.9, 0.5), 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1990, 2000})
  void takesTheFirstOfManyEqualTokens(int v) {
    TableDecoder table = new TableDecoder(1, 1, v, 1, new float[v * v], new float[v]);
    Arrays.fill(table.logits(), -3);
    for (int token : new int[] {v - 3, 1500, 41, 1000, 42, 1501}) {
      table.logits()[START * v + token] = 1;
    }
    table.logits()[START * v + v - 1] = 2;
    table.logits()[START * v + 1510] = 3;
    try (BeamRun run = new BeamRun(table, settings(6, 0, 0), 1)) {
      assertThat(run.run(0).get(0).ids())
          .containsExactly(
              List.of(1510),
              List.of(v - 1),
              List.of(41),
              List.of(42),
              List.of(1000),
              List.of(1500));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0, 37", "4, 0.6, 0.2, 37", "3, 1, 0.1, 64", "5, 0.6, 0.2, 333"})
  void givesABatchWhatItsSentencesGetOneByOne(int beams, double alpha, double beta, int tokens) {
    TableDecoder table = TableDecoder.random(20, 7, 1, tokens, 6);
    // translations long enough to differ: an end is seldom likely
    for (int i = 0; i < table.logits().length; i++) {
      table.logits()[i] -= i % tokens == END && i % 5 > 0 ? 3 : 0;
    }
    int[] limits = {12, 3, 10, 30, 8, 6, 20};
    try (BeamRun run = new BeamRun(table, settings(beams, alpha, beta), limits)) {
      List<BeamRun.Found> batch = run.run(all(table));
      for (int b = 0; b < 7; b++) {
        BeamRun.Found alone = run.run(b).get(0);
        BeamRun.Found among = batch.get(b);
        int steps = alone.alignments().size();
        assertThat(among.ids()).isEqualTo(alone.ids());
        assertThat(among.scores()).isEqualTo(alone.scores()); // to the last bit
        assertThat(among.logProbs()).isEqualTo(alone.logProbs());
        assertThat(among.coverage()).isEqualTo(alone.coverage());
        assertThat(among.alignments().subList(0, steps)).isEqualTo(alone.alignments());
        assertThat(among.alignments().subList(steps, among.alignments().size()))
            .allSatisfy(row -> assertThat(row).allMatch(weight -> weight == 0));
      }
      int[] mixed = {6, 0, 0, 3};
      List<BeamRun.Found> again = run.run(mixed);
      for (int i = 0; i < mixed.length; i++) {
        assertThat(again.get(i).scores()).isEqualTo(batch.get(mixed[i]).scores());
      }
    }
  }

  @Test
  void stopsWhenAllBeamsAreFinished() {
    TableDecoder table = TableDecoder.random(4, 2, 1, 5, 3);
    for (int row = 0; row < 2 * 5; row++) {
      // after the start 3 or 4, after anything else the end
      for (int token = 0; token < 5; token++) {
        boolean likely = row % 5 == START ? token > END : token == END;
        table.logits()[row * 5 + token] = likely ? token : -50;
      }
    }
    try (BeamRun run = new BeamRun(table, settings(2, 0.6, 0), 1_000_000)) {
      for (BeamRun.Found found : run.run(0, 1)) {
        assertThat(found.ids()).containsExactly(List.of(4, END), List.of(3, END));
        assertThat(found.alignments()).hasSize(2);
      }
    }
  }

  @Test
  void showsTheAttentionOfTheBestTranslationUpToItsEnd() {
    TableDecoder table = TableDecoder.random(9, 8, 3, 6, 4);
    BeamSettings settings = settings(4, 0.5, 0.6);
    try (BeamRun run = new BeamRun(table, settings, 8)) {
      List<BeamRun.Found> found = run.run(all(table));
      for (int b = 0; b < 8; b++) {
        List<Integer> best = found.get(b).ids().get(0);
        List<Integer> read = new ArrayList<>(List.of(START));
        List<List<Float>> expected = new ArrayList<>();
        for (int t = 0; t < found.get(b).alignments().size(); t++) {
          List<Float> row = new ArrayList<>();
          float[] attention = table.plain(b).attention(read);
          for (float weight : attention) {
            row.add(t < best.size() ? weight : EXACTLY_NOTHING);
          }
          expected.add(row);
          if (t < best.size()) {
            read.add(best.get(t));
          }
        }
        assertThat(found.get(b).alignments()).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesScoresThatAreNotNumbers() {
    TableDecoder table = TableDecoder.random(2, 2, 1, 5, 3);
    table.logits()[(5 + START) * 5 + 3] = Float.NaN;
    try (BeamRun run = new BeamRun(table, settings(2, 0, 0), 4)) {
      assertThat(run.run(0)).hasSize(1);
      assertThatThrownBy(() -> run.run(0, 1))
          .isInstanceOf(TFInvalidArgumentException.class)
          .hasMessageContaining("beam search: the scores of the model are not finite");
    }
  }

  @Test
  void countsALimitBelowOneAsOne() {
    TableDecoder table = TableDecoder.random(2, 2, 1, 5, 3);
    try (BeamRun run = new BeamRun(table, settings(2, 0, 0), -4)) {
      assertThat(run.run(0, 1)).allSatisfy(each -> assertThat(each.alignments()).hasSize(1));
    }
  }

  @Test
  void findsNothingForNoSentences() {
    try (BeamRun run = new BeamRun(TableDecoder.random(2, 2, 1, 5, 3), settings(2, 1, 1), 4)) {
      assertThat(run.run()).isEmpty();
    }
  }
}
