// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * The Wide ResNet of HyperNetworks section 4.2 and table 8: one ordinary convolution, three groups
 * of N blocks with two 3x3 convolutions each, and a dense layer. The groups have 16k, 32k and 64k
 * channels.
 *
 * @param depth 6N + 4
 * @param width k
 */
@Doc("The Wide ResNet of HyperNetworks section 4.2, with a choice for the kernels of its groups")
@TypeName("wide-resnet")
public record WideResNetSpec(
    @Doc("Layers: 6N + 4, where N is the number of blocks in each of the three groups")
        @Range(min = 10, max = 1000)
        int depth,
    @Doc("k: the groups have 16k, 32k and 64k channels") @Range(min = 1, max = 64) int width,
    @Doc("Classes to distinguish") @Default("10") @Range(min = 2, max = 100_000) int classes,
    @Doc("Height and width of an image, halved twice; a multiple of 4")
        @Default("32")
        @Range(min = 4, max = 1024)
        int imageSize,
    @Doc("Where the kernels of the groups come from, all of them together") GeneratorSpec kernels)
    implements ModelSpec {
  /** Channels of the first convolution; those of the groups are multiples of it. */
  public static final int CHANNELS = 16;

  private static final int GROUPS = 3;

  /** Checks what no range of a single key can express. */
  public WideResNetSpec {
    if (depth < 10 || (depth - 4) % 6 != 0) {
      int lower = Math.max(10, depth - Math.floorMod(depth - 4, 6));
      throw UserError.in("depth")
          .what("no Wide ResNet has this depth")
          .expected("6N + 4, for example " + lower + " or " + (lower + 6))
          .received(depth)
          .build();
    }
    if (imageSize % 4 != 0) {
      throw UserError.in("imageSize")
          .what("cannot be halved twice")
          .expected("a multiple of 4")
          .received(imageSize)
          .build();
    }
    if (kernels instanceof GeneratorSpec.TwoLayerLinear linear) {
      requireDivides("basicIn", linear.basicIn(), CHANNELS, "the input channels of every layer");
      requireDivides(
          "basicOut", linear.basicOut(), CHANNELS * width, "the output channels of every layer");
    }
  }

  private static void requireDivides(
      String key, @Nullable Integer basic, int channels, String what) {
    if (basic != null && channels % basic != 0) {
      throw UserError.in("kernels." + key)
          .what("the layers cannot be tiled from this basic kernel")
          .expected("a divisor of " + channels + ", which divides " + what)
          .received(basic)
          .next("16 is the paper's choice")
          .build();
    }
  }

  /** N, the number of blocks in a group. */
  public int blocks() {
    return (depth - 4) / (2 * GROUPS);
  }

  /**
   * Channels of a group.
   *
   * @param group 0, 1 or 2
   */
  public int channels(int group) {
    return CHANNELS * width * (1 << group);
  }

  /** A copy with another source of the groups' kernels. */
  public WideResNetSpec withKernels(GeneratorSpec other) {
    return new WideResNetSpec(depth, width, classes, imageSize, other);
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
    ImageDataSpec.requireFits(data, "cifar10", imageSize, classes);
  }
}
