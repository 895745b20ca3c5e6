// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;

/** The part of a training step that XLA compiles; true and false in files of the first version. */
public enum XlaSpec {
  /**
   * Whole steps of a language model or a convolutional image classifier on one GPU, where launching
   * an op costs more than most of its ops need; otherwise nothing. On the CPU compiled steps are
   * slower.
   */
  @SerializedName("auto")
  AUTO,
  /** Nothing. */
  @SerializedName(value = "off", alternate = "false")
  OFF,
  /** The computation of a recurrent network in one time step, forwards and backwards. */
  @SerializedName(value = "cell", alternate = "true")
  CELL,
  /** Loss, gradients and update; with several replicas each replica's loss and gradients. */
  @SerializedName("step")
  STEP
}
