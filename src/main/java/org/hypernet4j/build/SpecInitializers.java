// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.spec.InitializerSpec;

/** Initialisers by the names that specification files use. */
final class SpecInitializers {
  private SpecInitializers() {}

  static Initializer of(InitializerSpec spec) {
    if (spec instanceof InitializerSpec.TruncatedNormal normal) {
      return Initializers.truncatedNormal((float) normal.mean(), (float) normal.stddev());
    } else if (spec instanceof InitializerSpec.GlorotUniform) {
      return Initializers.glorotUniform();
    } else if (spec instanceof InitializerSpec.HeNormal) {
      return Initializers.heNormal();
    } else if (spec instanceof InitializerSpec.Orthogonal orthogonal) {
      return Initializers.orthogonal((float) orthogonal.gain());
    }
    throw new IllegalArgumentException("Unknown initialiser " + spec);
  }
}
