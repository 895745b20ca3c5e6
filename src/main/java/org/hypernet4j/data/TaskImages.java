// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * Images that are changed when they are read. Nothing is copied before: a hundred tasks made of one
 * set hold its pixels once.
 *
 * @param images the images before the change; their labels stay
 * @param transform the change
 */
public record TaskImages(LabeledImages images, ImageTransform transform) {

  /**
   * Checks that the two belong together.
   *
   * @throws UserError if the transformation is made for images of another size
   */
  public TaskImages {
    transform.requireFits(images);
  }

  /** Images as they are. */
  public TaskImages(LabeledImages images) {
    this(images, ImageTransform.identity(images.height(), images.width()));
  }

  /** Number of images. */
  public int count() {
    return images.count();
  }

  /** Rows of an image after the change. */
  public int height() {
    return transform.height();
  }

  /** Columns of an image after the change. */
  public int width() {
    return transform.width();
  }

  /** Values of a pixel. */
  public int channels() {
    return images.channels();
  }

  /** Number of classes. */
  public int classes() {
    return images.classes();
  }

  /** The class of each image: [count], each in [0, classes). The array is the set's own. */
  public int[] labels() {
    return images.labels();
  }

  /**
   * Some of the images.
   *
   * @param chosen their indices, in the order of the batch
   * @return pixels [chosen, height, width, channels]
   * @throws IndexOutOfBoundsException if there is no such image
   */
  public ImageBatch select(int... chosen) {
    byte[] pixels = new byte[bytes(chosen.length)];
    int[] labels = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      labels[i] = images.labels()[chosen[i]];
      transform.write(images, chosen[i], pixels, i);
    }
    return new ImageBatch(pixels, labels);
  }

  /**
   * The images {@code from} (included) to {@code to} (excluded).
   *
   * @throws IndexOutOfBoundsException if there are no such images
   */
  public ImageBatch slice(int from, int to) {
    if (from < 0 || to < from || to > count()) {
      throw new IndexOutOfBoundsException("images %d to %d of %d".formatted(from, to, count()));
    }
    byte[] pixels = new byte[bytes(to - from)];
    for (int i = from; i < to; i++) {
      transform.write(images, i, pixels, i - from);
    }
    return new ImageBatch(pixels, Arrays.copyOfRange(images.labels(), from, to));
  }

  /**
   * All images in their order, for evaluation; the last batch may be smaller.
   *
   * @param batchSize largest batch, at least 1
   */
  public Iterable<ImageBatch> inOrder(int batchSize) {
    return InOrder.batches(count(), batchSize, this::slice);
  }

  /**
   * A copy of all images after the change, for code that takes {@link LabeledImages}.
   *
   * @throws UserError if they do not fit into one array
   */
  public LabeledImages toLabeledImages() {
    ImageBatch all = slice(0, count());
    return new LabeledImages(all.pixels(), height(), width(), channels(), all.labels(), classes());
  }

  private int bytes(int count) {
    double bytes = (double) count * height() * width() * channels();
    if (bytes > Integer.MAX_VALUE) {
      throw UserError.in("TaskImages")
          .what("too many images for one array")
          .expected("at most " + Integer.MAX_VALUE + " bytes")
          .received("%d images of [%d, %d, %d]".formatted(count, height(), width(), channels()))
          .next("read them in smaller batches")
          .build();
    }
    return (int) bytes;
  }

  /**
   * SHA-256 (hex) of the fingerprint of the images and that of the transformation, each in ASCII
   * and followed by a line feed.
   */
  public String fingerprint() {
    return fingerprint(images.fingerprint());
  }

  /**
   * The same for many tasks of one set, whose fingerprint takes longer than all the rest.
   *
   * @param ofImages the fingerprint of the images
   */
  String fingerprint(String ofImages) {
    return Sha256.of((ofImages + "\n" + transform.fingerprint() + "\n").getBytes(US_ASCII));
  }
}
