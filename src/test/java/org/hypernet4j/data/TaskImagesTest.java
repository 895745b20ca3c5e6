// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.hypernet4j.io.internal.Sha256;
import org.junit.jupiter.api.Test;

/** {@link TaskImages} and {@link TaskBatches}. */
class TaskImagesTest {
  private static final ImageTransform PADDED = PixelPermutation.inOrder(2, 2, 1);

  @Test
  void imagesAreChangedWhenTheyAreRead() {
    TaskImages images = new TaskImages(numbered(5), PADDED);
    assertThat(images.count()).isEqualTo(5);
    assertThat(images.height()).isEqualTo(4);
    assertThat(images.width()).isEqualTo(4);
    assertThat(images.channels()).isEqualTo(1);
    assertThat(images.classes()).isEqualTo(5);
    assertThat(images.labels()).containsExactly(0, 1, 2, 3, 4);
    ImageBatch some = images.select(3, 0);
    assertThat(some.labels()).containsExactly(3, 0);
    // image i has the pixels 4 i to 4 i + 3
    assertThat(some.pixels())
        .containsExactly(
            0, 0, 0, 0, 0, 12, 13, 0, 0, 14, 15, 0, 0, 0, 0, 0, //
            0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 3, 0, 0, 0, 0, 0);
    assertThat(images.slice(3, 4).pixels()).isEqualTo(Arrays.copyOf(some.pixels(), 16));
    assertThat(images.slice(3, 4).labels()).containsExactly(3);
    assertThat(images.slice(2, 2).count()).isZero();
  }

  @Test
  void withoutAChangeTheyStay() {
    LabeledImages five = numbered(5);
    TaskImages images = new TaskImages(five);
    assertThat(images.slice(0, 5).pixels()).isEqualTo(five.pixels()).isNotSameAs(five.pixels());
    assertThat(images.toLabeledImages().fingerprint()).isEqualTo(five.fingerprint());
  }

  @Test
  void evaluationGivesEveryImageInOrderWithTheRestLast() {
    TaskImages images = new TaskImages(numbered(23), PADDED);
    LabeledImages all = images.toLabeledImages();
    List<Integer> counts = new ArrayList<>();
    int next = 0;
    for (ImageBatch batch : images.inOrder(10)) {
      counts.add(batch.count());
      LabeledImages expected = all.slice(next, next + batch.count());
      assertThat(batch.labels()).isEqualTo(expected.labels());
      assertThat(batch.pixels()).isEqualTo(expected.pixels());
      next += batch.count();
    }
    assertThat(counts).containsExactly(10, 10, 3);
    assertThat(images.inOrder(Integer.MAX_VALUE)).hasSize(1);
    assertThat(new TaskImages(numbered(23).slice(0, 0), PADDED).inOrder(5)).isEmpty();
    assertThatThrownBy(() -> images.inOrder(0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 0");
  }

  @Test
  void imagesThatAreNotThereAreRefused() {
    TaskImages images = new TaskImages(numbered(5), PADDED);
    assertThatThrownBy(() -> images.select(0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.select(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.slice(3, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aCopyThatFitsIntoNoArrayIsRefused() {
    TaskImages huge = new TaskImages(numbered(1), new Enlarged(50_000));
    assertThatThrownBy(huge::toLabeledImages)
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("too many images", "received 1 images of [50000, 50000, 1]");
  }

  @Test
  void theFingerprintIsThatOfImagesAndChange() {
    LabeledImages five = numbered(5);
    String fingerprint = new TaskImages(five, PADDED).fingerprint();
    String lines = five.fingerprint() + "\n" + PADDED.fingerprint() + "\n";
    assertThat(fingerprint).isEqualTo(Sha256.of(lines.getBytes(US_ASCII)));
    assertThat(new TaskImages(five).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(new TaskImages(five.slice(0, 4), PADDED).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(new TaskImages(five, new ImageRotation(2, 2, 0)).fingerprint())
        .isNotEqualTo(new TaskImages(five, new ImageRotation(2, 2, 30)).fingerprint());
  }

  @Test
  void aBatchDependsOnSeedAndStepAlone() {
    TaskImages images = new TaskImages(numbered(30), new ImageRotation(2, 2, 17));
    TaskBatches forward = new TaskBatches(images, 7, 5);
    List<ImageBatch> expected = new ArrayList<>();
    for (long step = 0; step < 12; step++) {
      expected.add(forward.batch(step));
    }
    TaskBatches backward = new TaskBatches(images, 7, 5);
    for (int step = 11; step >= 0; step--) {
      ImageBatch again = backward.batch(step);
      assertThat(again.pixels()).isEqualTo(expected.get(step).pixels());
      assertThat(again.labels()).isEqualTo(expected.get(step).labels());
      // labels are the numbers of the images here
      assertThat(again.pixels()).isEqualTo(images.select(again.labels()).pixels());
    }
    assertThat(new TaskBatches(images, 7, 6).batch(0).labels())
        .isNotEqualTo(expected.get(0).labels());
  }

  @Test
  void anEpochTakesNoImageTwice() {
    TaskBatches batches = new TaskBatches(new TaskImages(numbered(30), PADDED), 7, 5);
    assertThat(batches.stepsPerEpoch()).isEqualTo(4);
    for (int epoch = 0; epoch < 3; epoch++) {
      int first = epoch * 4;
      int[] taken =
          IntStream.range(first, first + 4)
              .flatMap(step -> Arrays.stream(batches.batch(step).labels()))
              .toArray();
      assertThat(taken).hasSize(28).doesNotHaveDuplicates();
    }
    assertThatThrownBy(() -> new TaskBatches(new TaskImages(numbered(5), PADDED), 6, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("larger than the training set", "1 to 5", "received 6");
    assertThatThrownBy(() -> batches.batch(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  /** A transformation of a user's own. */
  private record Enlarged(int side) implements ImageTransform {
    @Override
    public int sourceHeight() {
      return 2;
    }

    @Override
    public int sourceWidth() {
      return 2;
    }

    @Override
    public int height() {
      return side;
    }

    @Override
    public int width() {
      return side;
    }

    @Override
    public void write(LabeledImages from, int image, byte[] to, int position) {
      throw new AssertionError("nothing is read before the size is checked");
    }

    @Override
    public String fingerprint() {
      return "enlarged to " + side;
    }
  }

  /** Images [2, 2, 1] whose labels are their numbers. */
  private static LabeledImages numbered(int count) {
    return new LabeledImages(
        IdxBytes.ramp(count * 4), 2, 2, 1, IntStream.range(0, count).toArray(), count);
  }
}
