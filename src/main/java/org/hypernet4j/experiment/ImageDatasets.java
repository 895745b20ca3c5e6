package org.hypernet4j.experiment;

import java.nio.file.Path;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.jspecify.annotations.Nullable;

/** The images that a specification asks for. */
final class ImageDatasets {
  private ImageDatasets() {}

  /**
   * Loads training, validation and test images.
   *
   * @param folder the user's copy of the data, or null for the built-in sample
   */
  static ImageSplits load(DataSpec spec, @Nullable Path folder) {
    if (spec instanceof MnistDataSpec mnist) {
      return folder == null
          ? Mnist.builtin(mnist.validation())
          : Mnist.fromFolder(folder, mnist.validation());
    }
    throw new IllegalArgumentException("Not images: " + spec);
  }
}
