// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;

/**
 * The kernels requested from a source, in network order.
 *
 * @param shapes by name; at least one
 */
record KernelTable(Map<String, KernelShape> shapes) {
  /** Checks that the table is neither empty nor too large. */
  KernelTable {
    if (shapes.isEmpty()) {
      throw UserError.in("generated kernels")
          .what("the table is empty")
          .expected("at least one kernel")
          .build();
    }
    long weights = 0;
    for (Map.Entry<String, KernelShape> entry : shapes.entrySet()) {
      String where = "generated kernel '" + entry.getKey() + "'";
      KernelShape shape = entry.getValue();
      Shapes.requireBelowLimit(
          where, "the kernel", shape.height(), shape.width(), shape.in(), shape.out());
      weights += shape.size();
      Shapes.requireBelowLimit(where, "the table up to this kernel", weights);
    }
  }

  /** The number of weights of all kernels. */
  long weights() {
    return shapes.values().stream().mapToLong(KernelShape::size).sum();
  }

  KernelShape first() {
    return shapes.values().iterator().next();
  }

  /** The names of the kernels of each shape. */
  Map<KernelShape, List<String>> byShape() {
    Map<KernelShape, List<String>> groups = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> groups.computeIfAbsent(shape, s -> new ArrayList<>()).add(name));
    return groups;
  }

  /** The same values in the order of the table. */
  <T> Map<String, T> inOrder(Map<String, T> values) {
    Map<String, T> ordered = new LinkedHashMap<>();
    shapes.keySet().forEach(name -> ordered.put(name, values.get(name)));
    return ordered;
  }
}
