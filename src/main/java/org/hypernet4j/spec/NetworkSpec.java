// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** A network whose weights are made from a condition. Inputs and outputs follow from the task. */
@Doc("The network whose weights are made")
// in the order of help and schema
public sealed interface NetworkSpec permits NetworkSpec.Mlp, NetworkSpec.Conv {
  /**
   * Dense layers with ReLUs between them.
   *
   * @param hidden units of each hidden layer
   */
  @Doc("Dense layers with ReLUs between them")
  @TypeName("mlp")
  record Mlp(
      @Doc("Units of each hidden layer")
          @Default("[100, 100]")
          @Items(min = 0, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> hidden)
      implements NetworkSpec {}

  /**
   * Convolutions with ReLU and max-pool, then dense layers.
   *
   * @param filters output channels of each convolution
   * @param kernelSize height and width of each kernel
   * @param hidden units of each dense layer before the last
   */
  @Doc("Convolutions, each with a ReLU and a 2x2 max-pool, then dense layers")
  @TypeName("conv")
  record Conv(
      @Doc("Output channels of each convolution")
          @Default("[10, 20]")
          @Items(min = 1, max = 10)
          @Range(min = 1, max = 4096)
          List<Integer> filters,
      @Doc("Height and width of each kernel") @Default("5") @Range(min = 1, max = 63)
          int kernelSize,
      @Doc("Units of each dense layer before the last")
          @Default("[50]")
          @Items(min = 0, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> hidden)
      implements NetworkSpec {}
}
