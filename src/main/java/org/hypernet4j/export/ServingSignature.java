// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.publish.Exporter;
import org.tensorflow.Operand;

/**
 * One function of a served model: named inputs, named outputs.
 *
 * <p>A server that batches concatenates requests along axis 0 and splits the answers along axis 0,
 * so every input and output must be {@code [batch, ...]} with an unknown batch, and rows must not
 * influence each other. {@link Exporter} refuses other signatures.
 *
 * <pre>{@code
 * new ServingSignature(
 *     ServingSignature.DEFAULT_KEY, Map.of("image", image), Map.of("logits", logits));
 * }</pre>
 *
 * @param key the name by which a request chooses the function
 * @param inputs placeholders by alias, the name that a request uses
 * @param outputs tensors by alias
 */
public record ServingSignature(
    String key, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
  /** The signature that is used when a request names none. */
  public static final String DEFAULT_KEY = "serving_default";

  // Python takes aliases as keyword arguments, so an alias is an identifier.
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  /**
   * Checks the names and keeps the order of the maps.
   *
   * @throws UserError if a name is not an identifier or there are no inputs or outputs
   */
  public ServingSignature {
    requireIdentifier("signature '" + key + "'", "the key", key);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    for (String alias : inputs.keySet()) {
      requireIdentifier("signature '" + key + "'", "an input alias", alias);
    }
    for (String alias : outputs.keySet()) {
      requireIdentifier("signature '" + key + "'", "an output alias", alias);
    }
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw UserError.in("signature '" + key + "'")
          .what("is not a function")
          .expected("at least one input and one output")
          .received(inputs.size() + " inputs, " + outputs.size() + " outputs")
          .build();
    }
  }

  private static void requireIdentifier(String where, String what, String name) {
    if (!IDENTIFIER.matcher(name).matches()) {
      throw UserError.in(where)
          .what(what + " is not valid")
          .expected("a letter, then letters, digits and '_'")
          .received("'" + name + "'")
          .build();
    }
  }
}
