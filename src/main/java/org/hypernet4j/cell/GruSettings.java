// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

/**
 * Common settings of GRU and HyperGRU.
 *
 * @param <T> the settings of one of them
 */
public abstract sealed class GruSettings<T extends GruSettings<T>> extends CellSettings<T>
    permits GruCell.Settings, HyperGruCell.Settings {
  boolean resetAfter = true;

  GruSettings(String what, int inputSize, int units) {
    super(what, 3, inputSize, units);
  }

  /** Whether the reset gate multiplies the product with W_h, not h before it. */
  public final boolean resetAfter() {
    return resetAfter;
  }

  /**
   * The place of the reset gate: after the product with W_h, as in Keras' default, PyTorch and
   * cuDNN (true, which needs one product per step), or before it, as in the paper of Cho and
   * others.
   */
  public final T withResetAfter(boolean value) {
    return with(copy -> copy.resetAfter = value);
  }
}
