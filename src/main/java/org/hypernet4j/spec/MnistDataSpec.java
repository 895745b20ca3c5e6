package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;

/**
 * MNIST: [28, 28, 1] images of digits, pixels in [0, 1].
 *
 * @param validation images of the training file that are held back to choose the best parameters
 */
@Doc("MNIST: images of handwritten digits, 28 by 28 pixels")
@TypeName("mnist")
public record MnistDataSpec(
    @Doc("Images of the training file that are held back for validation")
        @Default("5000")
        @Range(min = 1, max = 59_999)
        int validation,
    @Doc("Random changes to training images") @Default("{\"pad\": 1}")
        AugmentationSpec augmentation)
    implements DataSpec {

  /** Height and width of an image. */
  public static final int IMAGE_SIZE = 28;

  /** Digits 0 to 9. */
  public static final int CLASSES = 10;

  /** Makes sure that a network for images of one size and so many classes can learn from data. */
  static void requireFits(DataSpec data, int imageSize, int classes) {
    if (!(data instanceof MnistDataSpec)) {
      throw UserError.in("data.type")
          .what("a network for images cannot learn from these data")
          .expected("mnist")
          .received(data.typeName())
          .build();
    }
    require("imageSize", IMAGE_SIZE, imageSize);
    require("classes", CLASSES, classes);
  }

  private static void require(String key, int expected, int received) {
    if (expected != received) {
      throw UserError.in("model." + key)
          .what("does not fit the data")
          .expected(expected + " for MNIST")
          .received(received)
          .next("leave '" + key + "' out to get its default")
          .build();
    }
  }
}
