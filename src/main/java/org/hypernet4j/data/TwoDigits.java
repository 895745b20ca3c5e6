// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.random.StatelessRandom;

/**
 * Pictures with two digits each, one at the top left and one 8 pixels further down and to the
 * right, each pixel the lighter of the two: two tasks that one network must trade off. 36 x 36
 * pixels if the digits have 28 x 28. A picture is painted when it is read.
 *
 * <p>Both digits are drawn at random with equal probability and independently, from one set.
 *
 * <pre>{@code
 * EpochShuffle shuffle = new EpochShuffle(pictures.count(), 256, seed);
 * TwoDigitsBatch batch = pictures.select(shuffle.examples(step));
 * }</pre>
 *
 * <p>Source: the MultiMNIST of Navon et al., "Learning the Pareto front with hypernetworks",
 * arXiv:2010.04104, without its scaling.
 */
public final class TwoDigits {
  /** How far the second digit lies below and to the right of the first, in pixels. */
  public static final int OFFSET = 8;

  private final LabeledImages digits;

  /** [count]: which digit is at the top left. */
  private final int[] first;

  /** [count]: which digit is at the bottom right. */
  private final int[] second;

  private TwoDigits(LabeledImages digits, int[] first, int[] second) {
    this.digits = digits;
    this.first = first;
    this.second = second;
  }

  /**
   * The three parts, each of digits of the same part of the data set.
   *
   * @param train pictures to learn from
   * @param validation pictures for early stopping
   * @param test pictures for the reported loss only
   */
  public record Splits(TwoDigits train, TwoDigits validation, TwoDigits test) {}

  /**
   * Draws the pairs; paints nothing yet.
   *
   * @param digits grey images with dark ground, at least one
   * @param count number of pictures, at least 1
   * @param seed the only input that determines the pairs
   * @throws UserError if the images are not grey, or there are too few of them or of the pictures
   */
  public static TwoDigits of(LabeledImages digits, int count, long seed) {
    if (digits.channels() != 1 || digits.count() < 1) {
      throw UserError.in("pictures of two digits")
          .what("cannot be made of these images")
          .expected("at least 1 grey image: one channel")
          .received(digits.count() + " images of " + digits.channels() + " channels")
          .next("give images of digits such as MNIST")
          .build();
    }
    if (count < 1) {
      throw UserError.in("pictures of two digits")
          .what("too few pictures")
          .expected("at least 1")
          .received(count)
          .next("choose another number of pictures")
          .build();
    }
    StatelessRandom random = StatelessRandom.of(seed).fold("two digits");
    int[] first = new int[count];
    int[] second = new int[count];
    for (int i = 0; i < count; i++) {
      first[i] = random.fold(i).below(0, digits.count());
      second[i] = random.fold(i).below(1, digits.count());
    }
    return new TwoDigits(digits, first, second);
  }

  /**
   * Draws the pairs of all parts.
   *
   * @param train number of training pictures; validation and test likewise
   * @param seed the only input that determines the pairs
   * @throws UserError as {@link #of}
   */
  public static Splits of(ImageSplits splits, int train, int validation, int test, long seed) {
    StatelessRandom random = StatelessRandom.of(seed);
    return new Splits(
        of(splits.train(), train, random.fold("train").key()),
        of(splits.validation(), validation, random.fold("validation").key()),
        of(splits.test(), test, random.fold("test").key()));
  }

  /** Number of pictures. */
  public int count() {
    return first.length;
  }

  /** Rows of a picture. */
  public int height() {
    return digits.height() + OFFSET;
  }

  /** Columns of a picture. */
  public int width() {
    return digits.width() + OFFSET;
  }

  /** Number of classes of either digit. */
  public int classes() {
    return digits.classes();
  }

  /**
   * Some of the pictures.
   *
   * @param chosen their indices, in the order of the batch
   * @throws IndexOutOfBoundsException if there is no such picture
   */
  public TwoDigitsBatch select(int... chosen) {
    byte[] pixels = new byte[Math.multiplyExact(chosen.length, height() * width())];
    int[] firstLabels = new int[chosen.length];
    int[] secondLabels = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      int one = first[chosen[i]];
      int other = second[chosen[i]];
      paint(one, pixels, i, 0);
      paint(other, pixels, i, OFFSET);
      firstLabels[i] = digits.labels()[one];
      secondLabels[i] = digits.labels()[other];
    }
    return new TwoDigitsBatch(pixels, firstLabels, secondLabels);
  }

  private void paint(int digit, byte[] to, int position, int offset) {
    byte[] pixels = digits.pixels();
    int columns = digits.width();
    int source = digit * digits.imageBytes();
    for (int y = 0; y < digits.height(); y++) {
      int target = (position * height() + y + offset) * width() + offset;
      for (int x = 0; x < columns; x++, source++, target++) {
        to[target] = (byte) Math.max(to[target] & 0xff, pixels[source] & 0xff);
      }
    }
  }

  /**
   * The pictures {@code from} (included) to {@code to} (excluded).
   *
   * @throws IndexOutOfBoundsException if there are no such pictures
   */
  public TwoDigitsBatch slice(int from, int to) {
    if (from < 0 || to < from || to > count()) {
      throw new IndexOutOfBoundsException("pictures %d to %d of %d".formatted(from, to, count()));
    }
    return select(IntStream.range(from, to).toArray());
  }

  /**
   * All pictures in their order, for evaluation; the last batch may be smaller.
   *
   * @param batchSize largest batch, at least 1
   */
  public Iterable<TwoDigitsBatch> inOrder(int batchSize) {
    return InOrder.batches(count(), batchSize, this::slice);
  }

  /**
   * SHA-256 (hex) of the fingerprint of the digits in ASCII, then of the offset and, for each
   * picture, the indices of its two digits, all as big-endian int32.
   */
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    digest.update(digits.fingerprint().getBytes(US_ASCII));
    ByteBuffer pairs = ByteBuffer.allocate(2 * Integer.BYTES).putInt(OFFSET);
    digest.update(pairs.flip());
    for (int i = 0; i < count(); i++) {
      digest.update(pairs.clear().putInt(first[i]).putInt(second[i]).flip());
    }
    return Sha256.hex(digest);
  }
}
