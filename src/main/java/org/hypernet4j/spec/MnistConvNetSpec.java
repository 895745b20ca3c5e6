// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * The ConvNet of HyperNetworks section 4.1: conv, ReLU and 2x2 max-pool twice, then one dense
 * layer. The second kernel, [kernelSize, kernelSize, filters, filters], is defined by {@code
 * kernel2}.
 */
@Doc("The ConvNet of HyperNetworks section 4.1, with a choice for its second kernel")
@TypeName("mnist-convnet")
public record MnistConvNetSpec(
    @Doc("Output channels of each convolution") @Default("16") @Range(min = 1, max = 1024)
        int filters,
    @Doc("Height and width of each kernel") @Default("7") @Range(min = 1, max = 63) int kernelSize,
    @Doc("Classes to distinguish") @Default("10") @Range(min = 2, max = 100_000) int classes,
    @Doc("Height and width of an image, halved twice") @Default("28") @Range(min = 4, max = 1024)
        int imageSize,
    @Doc("Where the second kernel comes from") GeneratorSpec kernel2)
    implements ModelSpec {
  private static final long MOST_NUMBERS = 1L << 31;

  /** Checks what no range of a single key can express. */
  public MnistConvNetSpec {
    double side = (double) kernelSize * filters;
    if (side * side >= MOST_NUMBERS) {
      throw UserError.in("filters")
          .what("the second kernel is too large")
          .expected("fewer than 2^31 numbers in [kernelSize, kernelSize, filters, filters]")
          .received("[%d, %d, %d, %d]".formatted(kernelSize, kernelSize, filters, filters))
          .next("use fewer filters or a smaller kernel")
          .build();
    }
    if (imageSize < 4) {
      throw UserError.in("imageSize")
          .what("two halvings leave nothing of the image")
          .expected("at least 4")
          .received(imageSize)
          .build();
    }
  }

  @Override
  public String kind() {
    return "an image classifier";
  }

  @Override
  public boolean gainsFromCompilation() {
    return true;
  }

  @Override
  public void requireFits(DataSpec data) {
    ImageDataSpec.requireFits(data, "mnist", imageSize, classes);
  }
}
