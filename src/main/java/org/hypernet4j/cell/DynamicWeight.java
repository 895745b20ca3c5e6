// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A weight made by a hypernetwork for one step: column k of the matrix times entry k of the scale
 * or, without a matrix, the scale itself, a dynamic bias.
 *
 * <p>Between two steps the columns of one gate have moved by {@code sqrt(sum_k (scale_k -
 * scale'_k)^2 |column k|^2)} in the Frobenius norm, where a bias has columns of norm 1.
 *
 * @param name {@code W_h}, {@code W_x} or {@code beta}, {@code layerK/W_h} in a stack
 * @param gates the gates whose columns stand side by side, in equal blocks: {@code i, g, f, o}
 * @param matrix {@code [rows, columns]}, the same at every step, or null for a bias
 * @param scale {@code [batch, columns]}
 */
public record DynamicWeight(
    String name, List<String> gates, @Nullable Operand<TFloat32> matrix, Operand<TFloat32> scale) {
  /** Copies the list. */
  public DynamicWeight {
    gates = List.copyOf(gates);
  }

  /** This weight with its name below a scope. */
  DynamicWeight below(String scope) {
    return new DynamicWeight(scope + "/" + name, gates, matrix, scale);
  }
}
