// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Degree of trust in a model's author. A SavedModel is a program: unless it is trusted, its graph
 * is read in Java and refused if loading or calling it could touch files, processes, the network or
 * Python. {@code docs/security.md} lists what this does not cover.
 *
 * @param everything whether the graph is not looked at
 * @param ops that may run besides those that inference needs, by the names of TensorFlow
 */
public record ModelTrust(boolean everything, Set<String> ops) {
  /** Nothing but what inference needs: for models of strangers, and the default. */
  public static final ModelTrust NONE = new ModelTrust(false, Set.of());

  /** The author is trusted like the author of the program that calls this library. */
  public static final ModelTrust FULL = new ModelTrust(true, Set.of());

  /** Copies the set. */
  public ModelTrust {
    ops = Set.copyOf(ops);
  }

  /** The ops that inference needs and some more, {@code ReadFile} for example. */
  public static ModelTrust allowing(Collection<String> ops) {
    return new ModelTrust(false, new TreeSet<>(ops));
  }
}
