// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * A dense net with one hidden layer of ReLUs, the net of HyperNetworks, appendix A.1: every pixel
 * reaches every hidden unit. The first kernel, [imageSize imageSize, hidden], is defined by {@code
 * kernel1}.
 */
@Doc("A dense net with one hidden layer, with a choice for its first kernel (HyperNetworks, A.1)")
@TypeName("dense-classifier")
public record DenseClassifierSpec(
    @Doc("Units of the hidden layer") @Default("256") @Range(min = 1, max = 65_536) int hidden,
    @Doc("Classes to distinguish") @Default("10") @Range(min = 2, max = 100_000) int classes,
    @Doc("Height and width of an image") @Default("28") @Range(min = 1, max = 1024) int imageSize,
    @Doc("Where the first kernel comes from") GeneratorSpec kernel1)
    implements ModelSpec {
  private static final long MOST_NUMBERS = 1L << 31;

  /** Checks what no range of a single key can express. */
  public DenseClassifierSpec {
    if ((long) imageSize * imageSize * hidden >= MOST_NUMBERS) {
      throw UserError.in("hidden")
          .what("the first kernel is too large")
          .expected("fewer than 2^31 numbers in [imageSize imageSize, hidden]")
          .received("[%d, %d]".formatted((long) imageSize * imageSize, hidden))
          .next("use fewer hidden units")
          .build();
    }
  }

  @Override
  public String kind() {
    return "an image classifier";
  }

  @Override
  public void requireFits(DataSpec data) {
    ImageDataSpec.requireFits(data, "mnist", imageSize, classes);
  }
}
