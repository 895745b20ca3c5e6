// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;

class ImageBatchesTest {

  /** Labels are record numbers here, so a batch tells which records it took. */
  @Property(tries = 100)
  void anEpochTakesNoRecordTwice(
      @ForAll @IntRange(min = 1, max = 40) int count,
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll long seed) {
    int batchSize = Math.min(size, count);
    ImageBatches batches =
        new ImageBatches(numbered(count), batchSize, seed, ImageAugmentation.NONE);
    int perEpoch = batches.stepsPerEpoch();
    assertThat(perEpoch).isEqualTo(count / batchSize);
    for (int epoch = 0; epoch < 3; epoch++) {
      int[] taken = labels(batches, (long) epoch * perEpoch, perEpoch);
      assertThat(taken).hasSize(perEpoch * batchSize).doesNotHaveDuplicates();
    }
  }

  @Test
  void lastIncompleteBatchIsDropped() {
    assertThat(new ImageBatches(numbered(55), 10, 0, ImageAugmentation.NONE).stepsPerEpoch())
        .isEqualTo(5);
    LabeledImages paper = new LabeledImages(new byte[55_000], 1, 1, 1, new int[55_000], 1);
    assertThat(new ImageBatches(paper, 1_000, 0, ImageAugmentation.NONE).stepsPerEpoch())
        .isEqualTo(55);
  }

  @Test
  void pixelsBelongToTheirLabels() {
    LabeledImages images = numbered(30);
    ImageBatches batches = new ImageBatches(images, 7, 5, ImageAugmentation.NONE);
    for (long step = 0; step < 12; step++) {
      ImageBatch batch = batches.batch(step);
      assertThat(batch.count()).isEqualTo(7);
      for (int i = 0; i < 7; i++) {
        byte[] expected = images.slice(batch.labels()[i], batch.labels()[i] + 1).pixels();
        assertThat(Arrays.copyOfRange(batch.pixels(), i * 12, (i + 1) * 12)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aBatchDependsOnItsStepAlone() {
    ImageAugmentation augmentation = new ImageAugmentation(1, true);
    ImageBatches forward = new ImageBatches(numbered(30), 7, 5, augmentation);
    List<ImageBatch> expected = new ArrayList<>();
    for (long step = 0; step < 20; step++) {
      expected.add(forward.batch(step));
    }
    ImageBatches backward = new ImageBatches(numbered(30), 7, 5, augmentation);
    for (int step = 19; step >= 0; step--) {
      ImageBatch again = backward.batch(step);
      assertThat(again.pixels()).isEqualTo(expected.get(step).pixels());
      assertThat(again.labels()).isEqualTo(expected.get(step).labels());
    }
  }

  @Test
  void batchesShareNoArrays() {
    ImageBatches batches = new ImageBatches(numbered(30), 7, 5, ImageAugmentation.NONE);
    ImageBatch first = batches.batch(3);
    byte[] before = first.pixels().clone();
    Arrays.fill(batches.batch(3).pixels(), (byte) -1);
    assertThat(first.pixels()).isEqualTo(before);
    assertThat(batches.batch(3).pixels()).isEqualTo(before);
  }

  @Test
  void epochsAndSeedsDiffer() {
    ImageBatches one = new ImageBatches(numbered(40), 10, 1, ImageAugmentation.NONE);
    ImageBatches two = new ImageBatches(numbered(40), 10, 2, ImageAugmentation.NONE);
    int[] first = labels(one, 0, 4);
    assertThat(first).isNotEqualTo(IntStream.range(0, 40).toArray());
    assertThat(labels(one, 4, 4)).isNotEqualTo(first).containsExactlyInAnyOrder(first);
    assertThat(labels(two, 0, 4)).isNotEqualTo(first);
  }

  @Test
  void augmentationDiffersFromStepToStepAndFromImageToImage() {
    // all images alike: what differs is the crop
    byte[] pixels = new byte[8 * 12];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 12 + 1);
    }
    LabeledImages alike = new LabeledImages(pixels, 3, 4, 1, new int[8], 1);
    ImageBatches batches = new ImageBatches(alike, 8, 1, new ImageAugmentation(1, false));
    byte[] first = batches.batch(0).pixels();
    assertThat(batches.batch(1).pixels()).isNotEqualTo(first);
    assertThat(IntStream.range(1, 8))
        .anyMatch(
            i ->
                !Arrays.equals(
                    Arrays.copyOf(first, 12), Arrays.copyOfRange(first, i * 12, i * 12 + 12)));
  }

  @Test
  void evaluationGivesEveryImageInOrderWithTheRestLast() {
    LabeledImages images = numbered(23);
    List<Integer> counts = new ArrayList<>();
    int next = 0;
    for (ImageBatch batch : ImageBatches.inOrder(images, 10)) {
      counts.add(batch.count());
      assertThat(batch.labels()).isEqualTo(IntStream.range(next, next + batch.count()).toArray());
      assertThat(batch.pixels()).isEqualTo(images.slice(next, next + batch.count()).pixels());
      next += batch.count();
    }
    assertThat(counts).containsExactly(10, 10, 3);
    assertThat(ImageBatches.inOrder(images.slice(0, 0), 10)).isEmpty();
    assertThat(ImageBatches.inOrder(images, Integer.MAX_VALUE)).hasSize(1);
  }

  @Test
  void sizesAreChecked() {
    LabeledImages images = numbered(23);
    assertThatThrownBy(() -> new ImageBatches(images, 24, 0, ImageAugmentation.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("larger than the training set", "1 to 23", "received 24");
    assertThatThrownBy(() -> new ImageBatches(images, 0, 0, ImageAugmentation.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 0");
    assertThatThrownBy(() -> ImageBatches.inOrder(images, -1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received -1");
    assertThatThrownBy(() -> new ImageBatches(images, 5, 0, new ImageAugmentation(3, false)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("less than 3");
    ImageBatches batches = new ImageBatches(images, 5, 0, ImageAugmentation.NONE);
    assertThatThrownBy(() -> batches.batch(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Images [3, 4, 1] whose labels are their record numbers. */
  private static LabeledImages numbered(int count) {
    return new LabeledImages(
        IdxBytes.ramp(count * 12), 3, 4, 1, IntStream.range(0, count).toArray(), count);
  }

  private static int[] labels(ImageBatches batches, long from, int steps) {
    return IntStream.range(0, steps)
        .flatMap(i -> Arrays.stream(batches.batch(from + i).labels()))
        .toArray();
  }
}
