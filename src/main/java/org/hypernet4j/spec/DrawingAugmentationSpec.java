// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** Random changes to training drawings; evaluation sees the drawings as they are. */
@Doc("Random changes to training drawings")
public record DrawingAugmentationSpec(
    @Doc("A drawing is stretched by a factor between 1 - scale and 1 + scale")
        @Default("0.15")
        @Range(min = 0, below = 1)
        double scale,
    @Doc("Whether x and y have a factor of their own each") @Default("\"apart\"") Axes axes,
    @Doc("Probability that an inner point of a stroke is joined to the one before it")
        @Default("0.1")
        @Range(min = 0, below = 1)
        double dropping) {

  /** Whether x and y are stretched alike. */
  public enum Axes {
    /** A factor for each. */
    @SerializedName("apart")
    APART,
    /** One factor for both. */
    @SerializedName("together")
    TOGETHER
  }
}
