// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network with its parameters that makes all weights of another network from a condition. It can
 * be used any number of times in its graph, for other conditions or with other values of its
 * parameters (see {@code ParameterStore.withValues}).
 */
public interface Hypernetwork {
  /** N_c, the length of a condition. */
  int conditionSize();

  /** The weights that it makes. */
  WeightTable table();

  /**
   * Makes the weights.
   *
   * @param condition one, or a row each for several networks
   * @return the weights by name in network order: each of its own shape for one condition, {@code
   *     [rows, shape]} for several; what does not depend on the condition has no rows
   * @throws org.hypernet4j.error.UserError if the condition has another length
   */
  Map<String, Operand<TFloat32>> generate(Ops tf, Condition condition);
}
