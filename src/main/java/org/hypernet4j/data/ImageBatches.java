package org.hypernet4j.data;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;

/**
 * Training batches as a function of the step: shuffled anew in every epoch, augmented, always full.
 *
 * <p>No state is kept between steps, so a checkpoint needs only the step number as cursor, and any
 * thread may ask for any step. The images left over when the batch size does not divide the set are
 * dropped; the next epoch's shuffle brings others to that place.
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
  private final StatelessRandom shuffles;
  private final StatelessRandom augmentations;

  /** The order last used; only a shortcut, and one object so that threads never see half of it. */
  private volatile EpochOrder cached;

  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record EpochOrder(long epoch, int[] images) {}

  /**
   * Sets up the batches; reads no pixel yet.
   *
   * @param batchSize images in a batch, at most as many as there are
   * @param seed the run's seed: shuffles and augmentation depend on it and on the step alone
   * @throws UserError if the batch size or the padding does not suit the images
   */
  public ImageBatches(
      LabeledImages images, int batchSize, long seed, ImageAugmentation augmentation) {
    requireBatchSize(batchSize, images.count());
    augmentation.requireFits(images);
    this.images = images;
    this.batchSize = batchSize;
    this.augmentation = augmentation;
    this.shuffles = StatelessRandom.of(seed).fold("shuffle");
    this.augmentations = StatelessRandom.of(seed).fold("augment");
    this.cached = order(0);
  }

  /** Full batches in an epoch. */
  public int stepsPerEpoch() {
    return images.count() / batchSize;
  }

  /**
   * The batch of a step, created by every call.
   *
   * @param step counted from 0 over all epochs
   * @return {@code batchSize} images
   */
  public ImageBatch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step must not be negative, got " + step);
    }
    int[] order = orderOf(step / stepsPerEpoch());
    int first = (int) (step % stepsPerEpoch()) * batchSize;
    StatelessRandom random = augmentations.fold(step);
    byte[] pixels = new byte[batchSize * images.imageBytes()];
    int[] labels = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      int image = order[first + i];
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
    requireBatchSize(batchSize, Integer.MAX_VALUE);
    return () -> new InOrder(images, batchSize);
  }

  private int[] orderOf(long epoch) {
    EpochOrder order = cached;
    if (order.epoch() != epoch) {
      order = order(epoch);
      cached = order;
    }
    return order.images();
  }

  private EpochOrder order(long epoch) {
    return new EpochOrder(epoch, shuffles.fold(epoch).permutation(images.count()));
  }

  private static void requireBatchSize(int batchSize, int most) {
    if (batchSize < 1 || batchSize > most) {
      throw UserError.in("batch size")
          .what(batchSize < 1 ? "must be positive" : "larger than the training set")
          .expected(batchSize < 1 ? "at least 1" : "1 to " + most)
          .received(batchSize)
          .next("choose another batch size")
          .build();
    }
  }

  private static final class InOrder implements Iterator<ImageBatch> {
    private final LabeledImages images;
    private final int batchSize;
    private int from;

    InOrder(LabeledImages images, int batchSize) {
      this.images = images;
      this.batchSize = batchSize;
    }

    @Override
    public boolean hasNext() {
      return from < images.count();
    }

    @Override
    public ImageBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int to = from + Math.min(batchSize, images.count() - from);
      int bytes = images.imageBytes();
      ImageBatch batch =
          new ImageBatch(
              Arrays.copyOfRange(images.pixels(), from * bytes, to * bytes),
              Arrays.copyOfRange(images.labels(), from, to));
      from = to;
      return batch;
    }
  }
}
