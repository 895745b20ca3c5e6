// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

/** The images that models for turned images learn from: digits. */
public final class RotatedImages {
  /** Height and width of an image. */
  public static final int SIZE = 28;

  /** Number of classes. */
  public static final int CLASSES = 10;

  private RotatedImages() {}

  /** Checks that they are the data of a specification. */
  static void requireFits(DataSpec data) {
    ImageDataSpec.requireFits(data, "mnist", SIZE, CLASSES);
    ImageDataSpec.requireUnchanged((ImageDataSpec) data);
  }
}
