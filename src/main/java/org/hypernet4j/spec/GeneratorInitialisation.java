// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.json.Doc;

/**
 * Initial variance of generated weights (Chang, Flokas and Lipson, "Principled Weight
 * Initialization for Hypernetworks", ICLR 2020).
 */
@Doc("The variance that generated weights begin with")
public enum GeneratorInitialisation {
  /** 2 / fan-in of the generated kernel. */
  @SerializedName("hyperfan-in")
  HYPERFAN_IN,
  /** 2 / fan-out of the generated kernel. */
  @SerializedName("hyperfan-out")
  HYPERFAN_OUT,
  /** 2 / (fan-in + fan-out) of the generated kernel. */
  @SerializedName("hyperfan-xavier")
  HYPERFAN_XAVIER
}
