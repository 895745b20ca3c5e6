// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

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
    implements DataSpec, ImageDataSpec {

  @Override
  public String title() {
    return "MNIST";
  }

  @Override
  public int imageSize() {
    return 28;
  }

  @Override
  public int classes() {
    return 10;
  }
}
