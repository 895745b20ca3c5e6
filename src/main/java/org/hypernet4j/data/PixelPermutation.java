// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.random.StatelessRandom;

/**
 * Pads an image with black on all four sides and then moves every pixel, those of the padding too,
 * to another place: the tasks of PermutedMNIST. The channels of a pixel stay together.
 *
 * <p>Source: von Oswald et al., "Continual learning with hypernetworks", arXiv:1906.00695, who pad
 * by 2 pixels.
 */
public final class PixelPermutation implements ImageTransform {
  private static final int BLACK = -1;

  private final int sourceHeight;
  private final int sourceWidth;
  private final int padding;

  /** [height * width]: the pixel of the source that comes to a place, or {@link #BLACK}. */
  private final int[] sources;

  /** [sourceHeight * sourceWidth]: the place of each pixel of the source. */
  private final int[] places;

  private final boolean inOrder;

  private PixelPermutation(int sourceHeight, int sourceWidth, int padding, int[] order) {
    this.sourceHeight = sourceHeight;
    this.sourceWidth = sourceWidth;
    this.padding = padding;
    this.sources = new int[order.length];
    this.places = new int[sourceHeight * sourceWidth];
    int width = width();
    boolean moved = false;
    for (int place = 0; place < order.length; place++) {
      int y = order[place] / width - padding;
      int x = order[place] % width - padding;
      boolean inside = y >= 0 && y < sourceHeight && x >= 0 && x < sourceWidth;
      sources[place] = inside ? y * sourceWidth + x : BLACK;
      if (inside) {
        places[sources[place]] = place;
      }
      moved |= sources[place] != place;
    }
    this.inOrder = !moved;
  }

  /**
   * Pads and leaves the pixels in their order.
   *
   * @param height rows of the images to read
   * @param width columns of the images to read
   * @param padding black pixels on each side, fewer than the images have rows and columns
   * @throws UserError if the padding does not suit the images
   */
  public static PixelPermutation inOrder(int height, int width, int padding) {
    requirePadding(height, width, padding);
    int[] order = new int[(height + 2 * padding) * (width + 2 * padding)];
    Arrays.setAll(order, place -> place);
    return new PixelPermutation(height, width, padding, order);
  }

  /**
   * Pads and permutes.
   *
   * @param height rows of the images to read
   * @param width columns of the images to read
   * @param padding black pixels on each side, fewer than the images have rows and columns
   * @param seed the only input that determines the order
   * @throws UserError if the padding does not suit the images
   */
  public static PixelPermutation of(int height, int width, int padding, long seed) {
    requirePadding(height, width, padding);
    int pixels = (height + 2 * padding) * (width + 2 * padding);
    int[] order = StatelessRandom.of(seed).fold("pixel permutation").permutation(pixels);
    return new PixelPermutation(height, width, padding, order);
  }

  private static void requirePadding(int height, int width, int padding) {
    int smaller = Math.min(height, width);
    if (padding < 0 || padding >= smaller) {
      throw UserError.in("padding")
          .what("does not suit the images")
          .expected("0 to " + (smaller - 1) + " pixels for images of " + height + " x " + width)
          .received(padding)
          .next("use 0 for none, or the usual 2 pixels")
          .build();
    }
    if ((height + 2.0 * padding) * (width + 2.0 * padding) > Integer.MAX_VALUE) {
      throw UserError.in("padding")
          .what("the padded images are too large")
          .expected("at most " + Integer.MAX_VALUE + " pixels")
          .received("%d x %d pixels padded by %d".formatted(height, width, padding))
          .next("use smaller images, or less padding")
          .build();
    }
  }

  @Override
  public int sourceHeight() {
    return sourceHeight;
  }

  @Override
  public int sourceWidth() {
    return sourceWidth;
  }

  @Override
  public int height() {
    return sourceHeight + 2 * padding;
  }

  @Override
  public int width() {
    return sourceWidth + 2 * padding;
  }

  @Override
  public void write(LabeledImages from, int image, byte[] to, int position) {
    requireFits(from);
    byte[] pixels = from.pixels();
    int channels = from.channels();
    int source = image * from.imageBytes();
    int bytes = sources.length * channels;
    int target = position * bytes;
    if (inOrder) { // without padding either
      System.arraycopy(pixels, source, to, target, bytes);
      return;
    }
    Arrays.fill(to, target, target + bytes, (byte) 0);
    int[] moved = places; // a local variable: this loop runs for every pixel that is trained on
    if (channels == 1) {
      for (int i = 0; i < moved.length; i++) {
        to[target + moved[i]] = pixels[source + i];
      }
      return;
    }
    for (int i = 0; i < moved.length; i++) {
      System.arraycopy(pixels, source + i * channels, to, target + moved[i] * channels, channels);
    }
  }

  /**
   * SHA-256 (hex) of big-endian int32: the rows and columns read, those written, then for each
   * pixel written the pixel that comes there, or -1 for black.
   */
  @Override
  public String fingerprint() {
    ByteBuffer bytes = ByteBuffer.allocate((4 + sources.length) * Integer.BYTES);
    bytes.putInt(sourceHeight).putInt(sourceWidth).putInt(height()).putInt(width());
    bytes.asIntBuffer().put(sources);
    return Sha256.of(bytes.array());
  }
}
