// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.hypernet4j.error.UserError;

/**
 * Dropout of a recurrent model in training: the shares of entries that are kept, above 0; 1 for no
 * dropout.
 *
 * @param input of the input symbols, or of the coordinates of the input points
 * @param output of the top cell's output on its way to the output layer
 * @param recurrent of the tensors that a main cell's masks multiply; unused without masks
 * @param hyperRecurrent of the tensors that the masks of small cells multiply, those named {@code
 *     hyper/...}
 * @param between of a layer's output on its way to the next layer, by the masks {@code
 *     layerK/output} of all layers but the top one
 */
public record Keep(
    double input, double output, double recurrent, double hyperRecurrent, double between) {
  /** No dropout. */
  public static final Keep ALL = new Keep(1, 1, 1, 1, 1);

  /** Checks the shares. */
  public Keep {
    for (double share : new double[] {input, output, recurrent, hyperRecurrent, between}) {
      if (!(share > 0 && share <= 1)) {
        throw UserError.in("dropout, keep")
            .what("not a share of entries")
            .expected("above 0, up to 1")
            .received(share)
            .build();
      }
    }
  }
}
