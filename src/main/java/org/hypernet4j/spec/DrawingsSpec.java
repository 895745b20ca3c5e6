// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** What is done to drawings between the file and the model. */
@Doc("What is done to drawings between the file and the model")
public record DrawingsSpec(
    @Doc("How offsets are normalised, with constants of the training part") @Default("\"one-sd\"")
        Scaling scaling,
    @Doc("Largest offset, in the data's units: longer ones are cut to it")
        @Default("1000")
        @Range(above = 0, max = 1e9)
        double clamp,
    @Doc("Drawings with fewer points are left out") @Default("1") @Range(min = 1, max = 100_000)
        int minPoints,
    @Doc("Drawings with more points are left out, in training and evaluation")
        @Default("1000")
        @Range(min = 1, max = 100_000)
        int maxPoints,
    @Doc("Random changes to training drawings") @Default("{}") DrawingAugmentationSpec augmentation,
    @Doc("Batches in a pool: drawings are sorted by length within one, for less padding")
        @Default("20")
        @Range(min = 1, max = 100_000)
        int poolBatches) {

  /** How offsets are normalised. */
  public enum Scaling {
    /** Divided by one standard deviation of dx and dy together; no mean is subtracted. */
    @SerializedName("one-sd")
    ONE_SD,
    /** Mean 0 and standard deviation 1 in each coordinate. */
    @SerializedName("per-axis")
    PER_AXIS,
    /** Left as they are. */
    @SerializedName("none")
    NONE
  }

  /** Checks the limits together. */
  public DrawingsSpec {
    if (minPoints > maxPoints) {
      throw UserError.in("minPoints")
          .what("no drawing can have that many points")
          .expected("at most maxPoints, " + maxPoints)
          .received(minPoints)
          .build();
    }
  }
}
