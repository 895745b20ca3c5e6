// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * Pruning by generated weights (Liu et al., "MetaPruning", ICCV 2019) at the size of MNIST: the
 * widths of a net's two convolutions are the condition, and the kernels that are made from them are
 * cropped to these widths.
 *
 * @param filters output channels of each convolution at full width
 * @param kernelSize height and width of each kernel
 * @param generator makes the net's weights from the widths
 * @param compared nets that are trained for comparison
 */
@Doc(
    "A net of two convolutions for every pair of their widths: its weights are made from the widths"
        + " and cropped to them (MetaPruning)")
@TypeName("pruning")
public record PruningSpec(
    @Doc("Output channels of each of the two convolutions at full width")
        @Default("[16, 16]")
        @Items(min = 2, max = 2)
        @Range(min = 1, max = 1024)
        List<Integer> filters,
    @Doc("Height and width of each kernel") @Default("5") @Range(min = 1, max = 31) int kernelSize,
    @Doc(
            "How weights are made from the widths; 'plain' is one set of weights that every width"
                + " crops")
        @Default("{\"type\": \"heads\", \"hiddenSizes\": [32], \"apart\": true, \"spread\": 0.01}")
        GeneratorSpec generator,
    @Doc("Pairs of widths for which a plain net is trained, to compare with generated weights")
        @Default("{}")
        ComparedWidthsSpec compared)
    implements ModelSpec {
  /** Checks what no range of a single key can express. */
  public PruningSpec {
    filters = List.copyOf(filters);
    if (generator instanceof GeneratorSpec.Separate) {
      throw UserError.in("generator")
          .what("has a network of its own for each item of a list, and widths are no list")
          .expected("a generator that reads the widths, 'heads' for example, or 'plain'")
          .received("separate")
          .build();
    }
    long pairs = (long) filters.get(0) * filters.get(1);
    if (compared.pairs() > pairs) {
      throw UserError.in("compared.pairs")
          .what("there are not so many pairs of widths")
          .expected("at most " + pairs + " with filters " + filters)
          .received(compared.pairs())
          .build();
    }
  }

  @Override
  public String kind() {
    return "a family of nets of two widths";
  }

  @Override
  public void requireFits(DataSpec data) {
    if (!(data instanceof MnistDataSpec mnist)) {
      throw UserError.in("data.type")
          .what("nets of two widths learn from images of digits")
          .expected("mnist")
          .received(data.typeName())
          .build();
    }
    ImageDataSpec.requireUnchanged(mnist);
  }
}
