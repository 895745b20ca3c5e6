// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.nio.file.Path;
import org.hypernet4j.data.Cifar10;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.spec.Cifar10DataSpec;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.ImageDataSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.jspecify.annotations.Nullable;

/** The images that a specification names. */
public final class ImageDatasets {
  private ImageDatasets() {}

  /** The data as images; the model's own check has ensured that they are. */
  static ImageDataSpec of(DataSpec spec) {
    if (spec instanceof ImageDataSpec images) {
      return images;
    }
    throw new IllegalArgumentException("Not images: " + spec);
  }

  /**
   * Loads training, validation and test images.
   *
   * @param folder the user's copy of the data, or null for the built-in sample
   */
  public static ImageSplits load(DataSpec spec, @Nullable Path folder) {
    if (spec instanceof MnistDataSpec mnist) {
      return folder == null
          ? Mnist.builtin(mnist.validation())
          : Mnist.fromFolder(folder, mnist.validation());
    } else if (spec instanceof Cifar10DataSpec cifar) {
      return folder == null
          ? Cifar10.builtin(cifar.validation(), cifar.splitSeed())
          : Cifar10.fromFolder(folder, cifar.validation(), cifar.splitSeed());
    }
    throw new IllegalArgumentException("Not images: " + spec);
  }

  /** The human-readable name of the built-in sample. */
  static String sampleName(DataSpec spec) {
    return spec instanceof Cifar10DataSpec
        ? "built-in sample: coloured digits in CIFAR's format, not CIFAR"
        : "built-in sample";
  }

  /**
   * Loads the test images.
   *
   * @param folder as for {@link #load}
   */
  public static LabeledImages test(DataSpec spec, @Nullable Path folder) {
    if (folder != null) {
      return load(spec, folder).test();
    }
    // whatever a run keeps for validation, one image of the sample is enough to cut it
    return spec instanceof MnistDataSpec ? Mnist.builtin(1).test() : Cifar10.builtin(1, 1).test();
  }
}
