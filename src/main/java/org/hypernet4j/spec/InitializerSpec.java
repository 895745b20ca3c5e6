// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** The distribution that initial values of a parameter are drawn from. */
@Doc("The distribution that initial values are drawn from")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface InitializerSpec
    permits InitializerSpec.TruncatedNormal,
        InitializerSpec.GlorotUniform,
        InitializerSpec.HeNormal,
        InitializerSpec.Orthogonal {

  /** Normal, drawn again where it falls more than two standard deviations from the mean. */
  @Doc("Normal, drawn again beyond two standard deviations")
  @TypeName("truncated-normal")
  record TruncatedNormal(
      @Doc("Mean before truncation") @Default("0") @Range(min = -1000, max = 1000) double mean,
      @Doc("Standard deviation before truncation") @Range(min = 1e-30, max = 1000) double stddev)
      implements InitializerSpec {}

  /** Uniform with the variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010). */
  @Doc("Uniform with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010)")
  @TypeName("glorot-uniform")
  record GlorotUniform() implements InitializerSpec {}

  /** Normal with the variance 2 / fan-in (He et al. 2015). */
  @Doc("Normal with variance 2 / fan-in (He et al. 2015)")
  @TypeName("he-normal")
  record HeNormal() implements InitializerSpec {}

  /** Rows or columns that are orthogonal, whichever are fewer, times {@code gain}. */
  @Doc("Orthogonal rows or columns, whichever are fewer, times gain")
  @TypeName("orthogonal")
  record Orthogonal(
      @Doc("Length of each") @Default("1") @Range(min = 1e-30, max = 1000) double gain)
      implements InitializerSpec {}
}
