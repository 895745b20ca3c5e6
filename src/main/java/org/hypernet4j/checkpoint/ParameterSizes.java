package org.hypernet4j.checkpoint;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.tensorflow.ndarray.Shape;

/**
 * Sizes of the model's parameters, as a step of a mapping asks for them.
 *
 * @param shapes of all parameters by name
 * @param variables what the rule's {k} stands for
 */
record ParameterSizes(Map<String, Shape> shapes, Map<String, String> variables) {
  /**
   * The length of an axis.
   *
   * @param pattern of the name of one parameter
   * @throws UserError if it fits none or several, or there is no such axis
   */
  int of(String pattern, int axis) {
    String filled = NamePattern.fill(pattern, variables);
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
}
