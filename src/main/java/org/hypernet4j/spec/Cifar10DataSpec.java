// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * CIFAR-10: [32, 32, 3] photographs in ten classes, pixels in [0, 1].
 *
 * @param validation images of the training batches that are held back to choose the best parameters
 * @param splitSeed decides which
 */
@Doc("CIFAR-10: small colour photographs in ten classes, 32 by 32 pixels")
@TypeName("cifar10")
public record Cifar10DataSpec(
    @Doc(
            "Training images, drawn at random, that are held back for validation; a part of a batch"
                + " in the folder (data_batch_5.first2000.bin) takes their place")
        @Default("5000")
        @Range(min = 1, max = 49_999)
        int validation,
    @Doc("Seed of that draw, apart from training.seed so that runs can be compared")
        @Default("1")
        @Range(min = 0, max = 9_007_199_254_740_991d)
        long splitSeed,
    @Doc("Random changes to training images") @Default("{\"pad\": 2, \"flip\": true}")
        AugmentationSpec augmentation)
    implements DataSpec, ImageDataSpec {

  @Override
  public String title() {
    return "CIFAR-10";
  }

  @Override
  public int imageSize() {
    return 32;
  }

  @Override
  public int classes() {
    return 10;
  }
}
