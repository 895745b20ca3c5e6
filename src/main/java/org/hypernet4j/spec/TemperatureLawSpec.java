// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;

/** What a temperature multiplies when points are drawn. */
public enum TemperatureLawSpec {
  /** The variances, as the paper on sketch-rnn has it. */
  @SerializedName("variance")
  VARIANCE,
  /** The standard deviations, as the code of sketch-rnn does. */
  @SerializedName("sigma")
  SIGMA
}
