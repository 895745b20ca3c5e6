// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.EpochShuffle;
import org.hypernet4j.random.StatelessRandom;

/**
 * Training batches as a function of the step: shuffled anew in every epoch, augmented, always full.
 *
 * <p>No state is kept between steps, so a checkpoint needs only the step number as cursor, and any
 * thread may request any step. The images left over when the batch size does not divide the set are
 * dropped; the next epoch's shuffle leaves out others.
 *
 * <pre>{@code
 * ImageSplits mnist = Mnist.builtin(1000);
 * ImageBatches batches =
 *     new ImageBatches(mnist.train(), 100, seed, new ImageAugmentation(1, false));
 * ImageBatch first = batches.batch(0);
 * }</pre>
 */
public final class ImageBatches {
  private final LabeledImages images;
  private final int batchSize;
  private final ImageAugmentation augmentation;
  private final EpochShuffle shuffle;
  private final StatelessRandom augmentations;

  /**
   * Sets up the batches; reads no pixel yet.
   *
   * @param batchSize images in a batch, at most as many as there are
   * @param seed the run's seed: shuffles and augmentation depend on it and on the step alone
   * @throws UserError if the batch size or the padding does not suit the images
   */
  public ImageBatches(
      LabeledImages images, int batchSize, long seed, ImageAugmentation augmentation) {
    this.shuffle = new EpochShuffle(images.count(), batchSize, seed);
    augmentation.requireFits(images);
    this.images = images;
    this.batchSize = batchSize;
    this.augmentation = augmentation;
    this.augmentations = StatelessRandom.of(seed).fold("augment");
  }

  /** Full batches in an epoch. */
  public int stepsPerEpoch() {
    return shuffle.stepsPerEpoch();
  }

  /**
   * The batch of a step, created by every call.
   *
   * @param step counted from 0 over all epochs
   * @return {@code batchSize} images
   */
  public ImageBatch batch(long step) {
    int[] examples = shuffle.examples(step);
    StatelessRandom random = augmentations.fold(step);
    byte[] pixels = new byte[batchSize * images.imageBytes()];
    int[] labels = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      int image = examples[i];
      augmentation.write(images, image, pixels, i, random.fold(i));
      labels[i] = images.labels()[image];
    }
    return new ImageBatch(pixels, labels);
  }

  /**
   * All images in their order, unchanged, for evaluation; the last batch may be smaller.
   *
   * @param batchSize largest batch, at least 1
   */
  public static Iterable<ImageBatch> inOrder(LabeledImages images, int batchSize) {
    return InOrder.batches(images.count(), batchSize, (from, to) -> batch(images, from, to));
  }

  private static ImageBatch batch(LabeledImages images, int from, int to) {
    int bytes = images.imageBytes();
    return new ImageBatch(
        Arrays.copyOfRange(images.pixels(), from * bytes, to * bytes),
        Arrays.copyOfRange(images.labels(), from, to));
  }
}
