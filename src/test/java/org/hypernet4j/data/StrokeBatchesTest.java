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
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;

class StrokeBatchesTest {
  private static final StrokeScaling TWICE = new StrokeScaling(0, 0, 2, 2);

  /** Drawing i has offsets 2 (i + 1) and i % 7 + 1 points, so that a batch shows what is in it. */
  private static DrawingPart numbered(int count) {
    List<PenDrawing> drawings = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] rows = new float[3 * points(i)];
      for (int t = 0; t < points(i); t++) {
        rows[3 * t] = 2 * (i + 1);
        rows[3 * t + 1] = -2 * (i + 1);
      }
      rows[rows.length - 1] = 1;
      drawings.add(PenDrawing.of("test", rows));
      texts.add("ab".repeat(i % 3) + "a");
    }
    return new DrawingPart("train of test", drawings, texts);
  }

  private static int points(int drawing) {
    return drawing % 7 + 1;
  }

  private static StrokeBatches batches(int count, int batchSize, int pool, long seed) {
    return new StrokeBatches(
        numbered(count), TWICE, StrokeAugmentation.NONE, batchSize, pool, seed, null);
  }

  /** Checks every number of a batch and returns the drawings in it. */
  private static List<Integer> drawings(StrokeBatch batch) {
    List<Integer> found = new ArrayList<>();
    int streams = batch.streams();
    assertThat(batch.points()).hasSize(batch.time() * streams * 3);
    assertThat(batch.time()).isEqualTo(Arrays.stream(batch.lengths()).max().orElseThrow());
    for (int b = 0; b < streams; b++) {
      int drawing = (int) batch.points()[b * 3] - 1;
      assertThat(batch.lengths()[b]).isEqualTo(points(drawing));
      for (int t = 0; t < batch.time(); t++) {
        int at = (t * streams + b) * 3;
        boolean valid = t < points(drawing);
        assertThat(batch.points()[at]).isEqualTo(valid ? drawing + 1 : 0);
        assertThat(batch.points()[at + 1]).isEqualTo(valid ? -drawing - 1 : 0);
        assertThat(batch.points()[at + 2]).isEqualTo(t == points(drawing) - 1 ? 1 : 0);
      }
      found.add(drawing);
    }
    return found;
  }

  @Property(tries = 100)
  void anEpochHasEveryDrawingThatFitsOnce(
      @ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll @IntRange(min = 1, max = 6) int pool,
      @ForAll long seed) {
    int size = Math.min(batchSize, count);
    StrokeBatches batches = batches(count, size, pool, seed);

    assertThat(batches.stepsPerEpoch()).isEqualTo(count / size);
    for (int epoch = 0; epoch < 2; epoch++) {
      TreeSet<Integer> seen = new TreeSet<>();
      for (int i = 0; i < batches.stepsPerEpoch(); i++) {
        List<Integer> drawings =
            drawings(batches.batch((long) epoch * batches.stepsPerEpoch() + i));
        assertThat(drawings).hasSize(size);
        seen.addAll(drawings);
      }
      assertThat(seen).hasSize(size * batches.stepsPerEpoch());
    }
  }

  @Test
  void aBatchIsAFunctionOfSeedAndStep() {
    StrokeAugmentation changes = new StrokeAugmentation(0.15, true, 0.1);
    StrokeBatches forwards = new StrokeBatches(numbered(50), TWICE, changes, 4, 3, 9, null);
    StrokeBatches other = new StrokeBatches(numbered(50), TWICE, changes, 4, 3, 10, null);
    List<float[]> points = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      points.add(forwards.batch(step).points());
    }

    int different = 0;
    for (int i : StatelessRandom.of(1).permutation(60)) {
      // a new object, as after a restart, asked in another order
      StrokeBatches resumed = new StrokeBatches(numbered(50), TWICE, changes, 4, 3, 9, null);
      assertThat(resumed.batch(i).points()).isEqualTo(points.get(i));
      assertThat(forwards.batch(i).points()).isEqualTo(points.get(i));
      different += Arrays.equals(other.batch(i).points(), points.get(i)) ? 0 : 1;
    }
    assertThat(different).isGreaterThan(55);
    // the same drawings, but changed otherwise, in the next epoch
    assertThat(points.get(12)).isNotEqualTo(points.get(0));
  }

  @Test
  void poolsPadLittleAndEpochsMix() {
    // 1,400 drawings of 1 to 7 points; a pool of 20 batches of 14 holds about 40 of each length
    StrokeBatches pooled = batches(1400, 14, 20, 3);
    StrokeBatches single = batches(1400, 14, 1, 3);
    long padded = 0;
    long withoutPools = 0;
    List<Integer> times = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      StrokeBatch batch = pooled.batch(i);
      padded += 14L * batch.time() - batch.predictions();
      withoutPools += 14L * single.batch(i).time() - single.batch(i).predictions();
      times.add(batch.time());
    }
    // every drawing is there: 1 + ... + 7 = 28 points each seven; without pools about 3 of 7 pad
    assertThat(withoutPools).isGreaterThan(1400 * 2);
    assertThat(padded).isLessThan(1400 / 2);
    // the batches of a pool come in no order of length
    assertThat(times.subList(0, 20)).isNotEqualTo(times.subList(0, 20).stream().sorted().toList());
    assertThat(times.subList(0, 20)).isNotEqualTo(times.subList(20, 40));
  }

  @Test
  void evaluationSeesEveryDrawingOnceByLength() {
    List<Integer> all = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    int last = 0;
    for (StrokeBatch batch : StrokeBatches.inOrder(numbered(23), TWICE, 5, null)) {
      all.addAll(drawings(batch));
      sizes.add(batch.streams());
      assertThat(batch.textTime()).isZero();
      assertThat(batch.lengths()).isSorted();
      assertThat(batch.lengths()[0]).isGreaterThanOrEqualTo(last);
      last = batch.time();
    }

    assertThat(sizes).containsExactly(5, 5, 5, 5, 3);
    assertThat(all).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 23).boxed().toList());
    // a batch size beyond the number of drawings takes them all
    assertThat(StrokeBatches.inOrder(numbered(3), TWICE, 1_000_000_000, null)).hasSize(1);
  }

  @Test
  void textsComeAsIdsPaddedWithZeros() {
    Vocabulary vocabulary = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "xab"));
    for (StrokeBatch batch : StrokeBatches.inOrder(numbered(9), TWICE, 4, vocabulary)) {
      List<Integer> drawings = drawings(batch);
      assertThat(batch.textTime())
          .isEqualTo(drawings.stream().mapToInt(d -> 2 * (d % 3) + 1).max().orElseThrow());
      for (int b = 0; b < batch.streams(); b++) {
        int length = 2 * (drawings.get(b) % 3) + 1;
        assertThat(batch.textLengths()[b]).isEqualTo(length);
        for (int u = 0; u < batch.textTime(); u++) {
          // a 0, b 1, x 2 in ascending order; the text is a, aba or ababa
          assertThat(batch.texts()[b * batch.textTime() + u]).isEqualTo(u < length ? u % 2 : 0);
        }
      }
    }
    StrokeBatches training =
        new StrokeBatches(numbered(9), TWICE, StrokeAugmentation.NONE, 9, 1, 1, vocabulary);
    assertThat(training.batch(0).textTime()).isEqualTo(5);
  }

  @Test
  void whatDoesNotSuitIsRefused() {
    assertThatThrownBy(() -> batches(3, 4, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "train of test: fewer drawings than a batch has; expected at least the batch size, 4,"
                + " received 3. Use more drawings, or make training.batchSize smaller.");
    assertThatThrownBy(() -> batches(3, 0, 1, 1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> batches(3, 1, 0, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("poolBatches");
    Vocabulary narrow = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "a"));
    assertThatThrownBy(() -> StrokeBatches.inOrder(numbered(9), TWICE, 4, narrow))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("text of drawing 1 (counted from 0) of train of test")
        .hasMessageContaining("'b'");
    DrawingPart mute = new DrawingPart("train of mute", numbered(3).drawings(), List.of());
    assertThatThrownBy(() -> StrokeBatches.inOrder(mute, TWICE, 4, narrow))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("train of mute");
    DrawingPart huge =
        new DrawingPart(
            "train of huge",
            java.util.Collections.nCopies(10_000, PenDrawing.of("x", new float[3 * 100_000])),
            List.of());
    assertThatThrownBy(() -> StrokeBatches.inOrder(huge, TWICE, 10_000, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("drawings.maxPoints");
  }
}
