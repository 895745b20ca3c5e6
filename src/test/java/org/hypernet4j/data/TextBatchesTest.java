// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

class TextBatchesTest {

  /** A text whose every id is its own position, so that a batch shows where it was taken from. */
  private static EncodedText positions(int length) {
    char[] ids = new char[length];
    for (int i = 0; i < length; i++) {
      ids[i] = (char) i;
    }
    return new EncodedText(ids);
  }

  @Property(tries = 300)
  void evaluationPredictsEverySymbolButTheFirstOnce(
      @ForAll @IntRange(min = 2, max = 300) int length,
      @ForAll @IntRange(min = 1, max = 40) int streams,
      @ForAll @IntRange(min = 1, max = 50) int steps) {
    List<Integer> targets = new ArrayList<>();
    int[] expectedNext = new int[0];
    boolean first = true;
    for (TextBatch batch : TextBatches.inOrder(positions(length), streams, steps)) {
      int b = batch.streams();
      assertThat(batch.reset()).isEqualTo(first);
      assertThat(b).isEqualTo(Math.min(streams, length - 1));
      assertThat(batch.steps()).isBetween(1, steps);
      if (first) {
        expectedNext = new int[b];
        for (int s = 0; s < b; s++) {
          expectedNext[s] = batch.inputs()[s];
        }
      }
      int predictions = 0;
      for (int s = 0; s < b; s++) {
        assertThat(batch.lengths()[s]).isBetween(batch.steps() - 1, batch.steps());
        for (int t = 0; t < batch.steps(); t++) {
          int input = batch.inputs()[t * b + s];
          int target = batch.targets()[t * b + s];
          if (t < batch.lengths()[s]) {
            // contiguous from batch to batch, so that a carried state fits
            assertThat(input).isEqualTo(expectedNext[s]++);
            assertThat(target).isEqualTo(input + 1);
            targets.add(target);
            predictions++;
          } else {
            assertThat(input).isZero();
            assertThat(target).isZero();
          }
        }
      }
      assertThat(batch.predictions()).isEqualTo(predictions);
      first = false;
    }
    assertThat(targets).hasSize(length - 1).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(targets).first()).isEqualTo(1);
    assertThat(new TreeSet<>(targets).last()).isEqualTo(length - 1);
  }

  @Property(tries = 300)
  void trainingReadsEachStreamWithoutAGapOrARepetition(
      @ForAll @IntRange(min = 1, max = 9) int streams,
      @ForAll @IntRange(min = 1, max = 12) int steps,
      @ForAll @IntRange(max = 400) int more,
      @ForAll long seed) {
    int length = streams * steps + 1 + more;
    TextBatches batches = new TextBatches(positions(length), streams, steps, seed);
    int streamLength = (length - 1) / streams;
    int perEpoch = batches.stepsPerEpoch();
    // at most 2 T - 1 predictions of a stream are left out of an epoch
    assertThat(perEpoch).isPositive();
    assertThat(streamLength - perEpoch * steps).isBetween(0, 2 * steps - 1);
    for (int epoch = 0; epoch < 3; epoch++) {
      int[] next = new int[streams];
      for (int step = 0; step < perEpoch; step++) {
        TextBatch batch = batches.batch((long) epoch * perEpoch + step);
        assertThat(batch.reset()).isEqualTo(step == 0);
        assertThat(batch.steps()).isEqualTo(steps);
        assertThat(batch.streams()).isEqualTo(streams);
        assertThat(batch.lengths()).containsOnly(steps);
        for (int b = 0; b < streams; b++) {
          int from = batch.inputs()[b];
          int offset = from - b * streamLength - step * steps;
          assertThat(offset).isBetween(0, steps - 1);
          assertThat(step == 0 || from == next[b]).isTrue();
          for (int t = 0; t < steps; t++) {
            assertThat(batch.inputs()[t * streams + b]).isEqualTo(from + t);
            assertThat(batch.targets()[t * streams + b]).isEqualTo(from + t + 1);
          }
          next[b] = from + steps;
          assertThat(next[b]).isLessThanOrEqualTo((b + 1) * streamLength);
        }
      }
    }
  }

  @Test
  void aBatchIsAFunctionOfSeedAndStep() {
    EncodedText text = positions(2001);
    TextBatches one = new TextBatches(text, 4, 10, 7);
    TextBatches same = new TextBatches(text, 4, 10, 7);
    assertThat(one.stepsPerEpoch()).isEqualTo(49); // (500 - 9) / 10
    for (long step : new long[] {120, 3, 0, 49, 120}) {
      assertThat(one.batch(step).inputs()).isEqualTo(same.batch(step).inputs());
    }
  }

  @Test
  void epochsBeginAtOtherOffsets() {
    TextBatches batches = new TextBatches(positions(2001), 4, 10, 7);
    TreeSet<Integer> offsets = new TreeSet<>();
    for (int epoch = 0; epoch < 200; epoch++) {
      offsets.add(batches.batch((long) epoch * batches.stepsPerEpoch()).inputs()[0]);
    }
    assertThat(offsets).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    TextBatches other = new TextBatches(positions(2001), 4, 10, 8);
    assertThat(firstInputs(other)).isNotEqualTo(firstInputs(batches));
  }

  private static List<Integer> firstInputs(TextBatches batches) {
    List<Integer> first = new ArrayList<>();
    for (int epoch = 0; epoch < 20; epoch++) {
      first.add(batches.batch((long) epoch * batches.stepsPerEpoch()).inputs()[0]);
    }
    return first;
  }

  @Test
  void refusesATextThatIsTooShort() {
    assertThat(new TextBatches(positions(41), 4, 10, 1).stepsPerEpoch()).isEqualTo(1);
    assertThatThrownBy(() -> new TextBatches(positions(40), 4, 10, 1))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "training text: too short for one batch; expected at least 41 symbols: 4 streams of 10"
                + " and the one after them, received 40. Use a longer text, or make"
                + " training.batchSize or data.sequenceLength smaller.");
    assertThatThrownBy(() -> TextBatches.inOrder(positions(1), 4, 10))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is nothing to predict");
    assertThatThrownBy(() -> TextBatches.inOrder(positions(9), 0, 10))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("must be positive");
    assertThatThrownBy(() -> new TextBatches(positions(9), 1, 0, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("must be positive");
    TextBatches batches = new TextBatches(positions(41), 4, 10, 1);
    assertThatThrownBy(() -> batches.batch(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
