// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Clipping of large gradients before the optimizer sees them. */
@Doc("What is done to large gradients before the optimizer sees them")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface ClipSpec permits ClipSpec.None, ClipSpec.GlobalNorm, ClipSpec.Value {

  /** Gradients stay unchanged. */
  @Doc("Gradients stay as they are")
  @TypeName("none")
  record None() implements ClipSpec {}

  /** All gradients together are scaled so that their common 2-norm is at most {@code value}. */
  @Doc("Scales all gradients by one factor so that their common 2-norm is at most value")
  @TypeName("global-norm")
  record GlobalNorm(@Doc("Largest norm") @Range(min = 1e-30, max = 1e9) double value)
      implements ClipSpec {}

  /**
   * Every element of every gradient is clipped to the range from {@code -value} to {@code value}.
   */
  @Doc("Holds every element of every gradient between -value and value")
  @TypeName("value")
  record Value(@Doc("Largest absolute value") @Range(min = 1e-30, max = 1e9) double value)
      implements ClipSpec {}
}
