// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;

/** Number format in which products are computed. */
public enum PrecisionSpec {
  /** 24 bits of mantissa. */
  @SerializedName("float32")
  FLOAT32,
  /** 8 bits of mantissa and the range of float32. */
  @SerializedName("bfloat16")
  BFLOAT16
}
