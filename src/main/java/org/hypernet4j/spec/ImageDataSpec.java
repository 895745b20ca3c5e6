// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;

/** Data that are labelled images. */
public sealed interface ImageDataSpec permits MnistDataSpec, Cifar10DataSpec {
  /** Human-readable name of the data. */
  String title();

  /** Random changes to training images. */
  AugmentationSpec augmentation();

  /** Height and width of an image. */
  int imageSize();

  /** Number of classes. */
  int classes();

  /**
   * Checks that a network for images has the right data and is built for their size and classes.
   *
   * @param wanted the {@link DataSpec#typeName} that the network can learn from
   */
  static void requireFits(DataSpec data, String wanted, int imageSize, int classes) {
    if (!(data instanceof ImageDataSpec images) || !data.typeName().equals(wanted)) {
      throw UserError.in("data.type")
          .what("this network for images cannot learn from these data")
          .expected(wanted)
          .received(data.typeName())
          .build();
    }
    require("imageSize", images.imageSize(), images.title(), imageSize);
    require("classes", images.classes(), images.title(), classes);
  }

  /**
   * Checks that training images stay as they are, for models that need the same ones every time.
   *
   * @throws UserError that names the key
   */
  static void requireUnchanged(ImageDataSpec data) {
    AugmentationSpec augmentation = data.augmentation();
    if (augmentation.pad() > 0 || augmentation.flip()) {
      throw UserError.in("data.augmentation")
          .what("this model learns from images without random changes")
          .expected("{\"pad\": 0}")
          .received(
              "{\"pad\": %d, \"flip\": %s}".formatted(augmentation.pad(), augmentation.flip()))
          .build();
    }
  }

  private static void require(String key, int expected, String data, int received) {
    if (expected != received) {
      throw UserError.in("model." + key)
          .what("does not fit the data")
          .expected(expected + " for " + data)
          .received(received)
          .next("leave '" + key + "' out to get its default")
          .build();
    }
  }
}
