// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.random.StatelessRandom;

/**
 * The three parts of a data set: fit on the first, choose the best step on the second, report on
 * the third.
 *
 * @param train images to learn from
 * @param validation images for early stopping
 * @param test images for the reported error only
 */
public record ImageSplits(LabeledImages train, LabeledImages validation, LabeledImages test) {

  /**
   * Checks that the parts have one image shape and one number of classes.
   *
   * @throws UserError if they differ
   */
  public ImageSplits {
    requireSameKind(train, validation, "validation");
    requireSameKind(train, test, "test");
  }

  /**
   * Cuts the last images off a training set for validation, in file order as is customary for MNIST
   * (55,000 / 5,000 of 60,000; Ha, Dai, Le, "HyperNetworks", A.3.1).
   *
   * @param all training images before the cut
   * @param validation number of the last images to keep for validation, at least 1 and fewer than
   *     there are
   * @param test test images, kept as they are
   */
  public static ImageSplits cut(LabeledImages all, int validation, LabeledImages test) {
    requireSome(all, validation);
    int train = all.count() - validation;
    return new ImageSplits(all.slice(0, train), all.slice(train, all.count()), test);
  }

  /**
   * Draws validation images at random, as the paper does for CIFAR-10 (45,000 / 5,000 of 50,000;
   * A.3.2). Both parts keep the order of the whole.
   *
   * @param all training images before the draw
   * @param validation number of images drawn, at least 1 and fewer than there are
   * @param seed the only input that determines which images are drawn
   * @param test test images, kept as they are
   */
  public static ImageSplits draw(LabeledImages all, int validation, long seed, LabeledImages test) {
    requireSome(all, validation);
    int[] order = StatelessRandom.of(seed).fold("validation").permutation(all.count());
    int[] drawn = Arrays.copyOfRange(order, 0, validation);
    int[] left = Arrays.copyOfRange(order, validation, order.length);
    Arrays.sort(drawn);
    Arrays.sort(left);
    return new ImageSplits(all.select(left), all.select(drawn), test);
  }

  private static void requireSome(LabeledImages all, int validation) {
    if (validation < 1 || validation >= all.count()) {
      throw UserError.in("validation images")
          .what("cannot be cut from the training set")
          .expected("1 to " + (all.count() - 1) + " of " + all.count() + " images")
          .received(validation)
          .next("choose another number of validation images")
          .build();
    }
  }

  /** SHA-256 (hex) of the three fingerprints, each in ASCII and followed by a line feed. */
  public String fingerprint() {
    String lines =
        train.fingerprint() + "\n" + validation.fingerprint() + "\n" + test.fingerprint() + "\n";
    return Sha256.of(lines.getBytes(US_ASCII));
  }

  private static void requireSameKind(LabeledImages train, LabeledImages other, String name) {
    String expected = kind(train);
    String received = kind(other);
    if (!expected.equals(received)) {
      throw UserError.in(name + " images")
          .what("do not match the training images")
          .expected(expected)
          .received(received)
          .next("take all parts from one data set")
          .build();
    }
  }

  private static String kind(LabeledImages images) {
    return "[%d, %d, %d] in %d classes"
        .formatted(images.height(), images.width(), images.channels(), images.classes());
  }
}
