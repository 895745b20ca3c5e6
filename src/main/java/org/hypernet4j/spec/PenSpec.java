// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;

/** How a model of strokes predicts the pen. */
public enum PenSpec {
  /** One probability, that the pen is lifted after the point; a drawing has no end of its own. */
  @SerializedName("bernoulli")
  BERNOULLI,
  /** Down, up, or end of the drawing. */
  @SerializedName("three-way")
  THREE_WAY
}
