// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.tensorflow.ndarray.Shape;

/**
 * Sizes of the model's parameters, as the steps of a mapping need them.
 *
 * @param shapes of all parameters by name
 * @param ours the parameter that is being imported
 * @param variables the text that {k} of its rule matches, by variable
 */
record ParameterSizes(Map<String, Shape> shapes, String ours, Map<String, String> variables) {
  private static final String UP = "../";

  /**
   * The length of an axis.
   *
   * @param pattern of the name of one parameter; {@code ./} stands for the scope of {@code ours},
   *     {@code ../} the one around it
   * @throws UserError if it matches none or several, or there is no such axis
   */
  int of(String pattern, int axis) {
    String filled = absolute(NamePattern.fill(pattern, variables));
    NamePattern names = new NamePattern(filled);
    List<String> found =
        shapes.containsKey(filled)
            ? List.of(filled)
            : shapes.keySet().stream().filter(names::matches).toList();
    if (found.size() != 1) {
      throw UserError.in("like")
          .what("must name one parameter of the model")
          .expected("one that fits '" + filled + "'")
          .received(found.isEmpty() ? "none" : String.join(", ", found))
          .build();
    }
    Shape shape = shapes.get(found.get(0));
    if (shape == null || axis >= shape.numDimensions()) {
      throw UserError.in("like")
          .what(found.get(0) + " has no axis " + axis)
          .received(shape)
          .build();
    }
    return Math.toIntExact(shape.get(axis));
  }

  private String absolute(String pattern) {
    if (!pattern.startsWith("./") && !pattern.startsWith(UP)) {
      return pattern;
    }
    String scope = parent(ours);
    String rest = pattern.startsWith("./") ? pattern.substring(2) : pattern;
    while (rest.startsWith(UP)) {
      scope = parent(scope);
      rest = rest.substring(UP.length());
    }
    return scope.isEmpty() ? rest : scope + "/" + rest;
  }

  private static String parent(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('/')));
  }
}
