// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;

class TranslationBatchesTest {
  /** Source i has i % 7 + 1 pieces and target i has i % 5 + 1, all of them 3 + i or 1003 + i. */
  private static List<int[]> numbered(int count, int period, int first) {
    return IntStream.range(0, count)
        .mapToObj(i -> IntStream.range(0, i % period + 1).map(t -> first + i).toArray())
        .toList();
  }

  private static TranslationBatches batches(int count, int batchSize, int buckets, long seed) {
    return new TranslationBatches(
        numbered(count, 7, 3), numbered(count, 5, 1003), batchSize, buckets, seed);
  }

  /** Checks every number of a batch and returns the sentences in it. */
  private static List<Integer> sentences(TranslationBatch batch) {
    List<Integer> found = new ArrayList<>();
    int rows = batch.rows();
    assertThat(batch.source()).hasSize(rows * batch.sourceTime());
    assertThat(batch.inputs()).hasSize(rows * batch.targetTime());
    assertThat(batch.targets()).hasSize(rows * batch.targetTime());
    assertThat(batch.sourceTime())
        .isEqualTo(Arrays.stream(batch.sourceLengths()).max().orElseThrow());
    assertThat(batch.targetTime())
        .isEqualTo(Arrays.stream(batch.targetLengths()).max().orElseThrow());
    int pieces = 0;
    for (int b = 0; b < rows; b++) {
      int i = batch.sentences()[b];
      int from = i % 7 + 1;
      int to = i % 5 + 1;
      assertThat(batch.sourceLengths()[b]).isEqualTo(from);
      assertThat(batch.targetLengths()[b]).isEqualTo(to + 1);
      for (int t = 0; t < batch.sourceTime(); t++) {
        assertThat(batch.source()[b * batch.sourceTime() + t]).isEqualTo(t < from ? 3 + i : 0);
      }
      for (int t = 0; t < batch.targetTime(); t++) {
        int at = b * batch.targetTime() + t;
        int piece = 1003 + i;
        assertThat(batch.inputs()[at]).isEqualTo(t == 0 ? 1 : t <= to ? piece : 0);
        assertThat(batch.targets()[at]).isEqualTo(t < to ? piece : t == to ? 2 : 0);
      }
      pieces += from + to + 1;
      found.add(i);
    }
    assertThat(batch.pieces()).isEqualTo(pieces);
    assertThat(batch.predictions()).isEqualTo(pieces - Arrays.stream(batch.sourceLengths()).sum());
    return found;
  }

  @Property(tries = 60)
  void anEpochHasEveryPairThatFitsOnce(
      @ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll @IntRange(min = 1, max = 6) int buckets,
      @ForAll long seed) {
    int size = Math.min(batchSize, count);
    TranslationBatches batches = batches(count, size, buckets, seed);

    assertThat(batches.stepsPerEpoch()).isEqualTo(count / size);
    for (int epoch = 0; epoch < 2; epoch++) {
      TreeSet<Integer> seen = new TreeSet<>();
      for (int i = 0; i < batches.stepsPerEpoch(); i++) {
        List<Integer> found = sentences(batches.batch((long) epoch * batches.stepsPerEpoch() + i));
        assertThat(found).hasSize(size);
        seen.addAll(found);
      }
      assertThat(seen).hasSize(size * batches.stepsPerEpoch());
    }
  }

  @Test
  void aBatchIsAFunctionOfSeedAndStep() {
    TranslationBatches forwards = batches(50, 4, 3, 9);
    TranslationBatches other = batches(50, 4, 3, 10);
    List<int[]> sentences = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      sentences.add(forwards.batch(step).sentences());
    }

    int different = 0;
    for (int i : StatelessRandom.of(1).permutation(60)) {
      // a new object, as after a restart, asked in another order
      assertThat(batches(50, 4, 3, 9).batch(i).sentences()).isEqualTo(sentences.get(i));
      assertThat(forwards.batch(i).sentences()).isEqualTo(sentences.get(i));
      different += Arrays.equals(other.batch(i).sentences(), sentences.get(i)) ? 0 : 1;
    }
    assertThat(different).isGreaterThan(55);
  }

  @Test
  void whoeverChangesABatchChangesThatBatchOnly() {
    TranslationBatches batches = batches(20, 4, 3, 9);
    TranslationBatch first = batches.batch(0);
    int[] sentences = first.sentences().clone();
    Arrays.fill(first.sentences(), -1);
    Arrays.fill(first.source(), -1);

    assertThat(batches.batch(0).sentences()).isEqualTo(sentences);
    assertThat(sentences(batches.batch(0))).hasSize(4);
  }

  @Test
  void bucketsPadLittle() {
    // 1,400 pairs: 20 batches of 14 hold 8 of each of the 35 pairs of lengths
    long[] padded = new long[2];
    for (int step = 0; step < 100; step++) {
      padded[0] += padding(batches(1400, 14, 1, 3).batch(step));
      padded[1] += padding(batches(1400, 14, 20, 3).batch(step));
    }
    // a mean of 4 of 7 and 4 of 6 pieces are not padding without buckets; sorted by target and then
    // by source about a batch in two has one length of targets, and two or three of sources
    assertThat(padded[0]).isGreaterThan(6500);
    assertThat(padded[1]).isLessThan(padded[0] / 3);
  }

  private static long padding(TranslationBatch batch) {
    return batch.source().length + batch.targets().length - batch.pieces();
  }

  @Test
  void allInOrderOfLengthForEvaluation() {
    List<Integer> seen = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    int length = 0;
    for (TranslationBatch batch :
        TranslationBatches.inOrder(numbered(23, 7, 3), numbered(23, 5, 1003), 5)) {
      seen.addAll(sentences(batch));
      rows.add(batch.rows());
      for (int target : batch.targetLengths()) {
        assertThat(target).isGreaterThanOrEqualTo(length);
        length = target;
      }
    }
    assertThat(rows).containsExactly(5, 5, 5, 5, 3);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 23).boxed().toList());
    // a batch size beyond the number of pairs takes them all
    assertThat(TranslationBatches.inOrder(numbered(3, 7, 3), numbered(3, 5, 9), 1 << 30))
        .hasSize(1);
  }

  @Test
  void refusesWhatIsNoPair() {
    List<int[]> good = numbered(4, 7, 3);
    assertThatThrownBy(() -> new TranslationBatches(good, good.subList(0, 3), 2, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 4 sources and 3 targets");
    assertThatThrownBy(() -> TranslationBatches.inOrder(List.of(), List.of(), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 0 sources and 0 targets");
    assertThatThrownBy(() -> new TranslationBatches(good, good, 5, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("batch size: larger than the training set");
    assertThatThrownBy(() -> new TranslationBatches(good, good, 0, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("batch size: must be positive");
    assertThatThrownBy(() -> new TranslationBatches(good, good, 2, 0, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("buckets: must be positive");
    assertThatThrownBy(() -> TranslationBatches.inOrder(good, good, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("batch size: must be positive");
    assertThatThrownBy(() -> batches(4, 2, 1, 0).batch(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesIdsThatAreNoPieces() {
    List<int[]> good = numbered(2, 7, 3);
    for (int id : new int[] {-1, 0, 1, 2}) {
      List<int[]> bad = List.of(new int[] {7}, new int[] {7, id});
      assertThatThrownBy(() -> new TranslationBatches(bad, good, 2, 1, 0))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("source sentence 1 (counted from 0): an id that is no piece")
          .hasMessageContaining("received " + id + " at 1");
    }
    assertThatThrownBy(
            () -> new TranslationBatches(good, List.of(new int[] {7}, new int[0]), 2, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("target sentence 1 (counted from 0): there is no piece");
  }

  @Test
  void longSentencesAreNamedOrCut() {
    ParallelText text =
        new ParallelText("a.en", "a.fr", List.of("x", "x".repeat(10_000)), List.of("xyz", "xx"));

    assertThatThrownBy(() -> ParallelPieces.of(text, TranslationBatchesTest::letters, 50, false))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("a.en: line 2: the sentence is too long")
        .hasMessageContaining("expected 1 to 50 pieces, received 10000");
    assertThatThrownBy(() -> ParallelPieces.of(text, TranslationBatchesTest::letters, 2, false))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("a.fr: line 1: the sentence is too long");
    ParallelPieces cut = ParallelPieces.of(text, TranslationBatchesTest::letters, 2, true);
    assertThat(cut.cut()).isEqualTo(2);
    assertThat(cut.source().get(1)).containsExactly(120, 120);
    assertThat(cut.target().get(0)).containsExactly(120, 121);
    assertThat(ParallelPieces.of(text, TranslationBatchesTest::letters, 10_000, false).cut())
        .isZero();
    assertThatThrownBy(() -> ParallelPieces.of(text, line -> new int[0], 50, true))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("a.en: line 1: there is nothing to translate");
    assertThatThrownBy(() -> ParallelPieces.of(text, TranslationBatchesTest::letters, 0, true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("must be positive");
  }

  private static int[] letters(String line) {
    return line.chars().toArray();
  }
}
