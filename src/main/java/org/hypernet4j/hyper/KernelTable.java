package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;

/**
 * The kernels that a source is asked for, in network order.
 *
 * @param shapes by name; at least one
 */
record KernelTable(Map<String, KernelShape> shapes) {
  /** Positions in a tensor are int32. */
  private static final long MOST_WEIGHTS = 1L << 31;

  /** Checks that there is something to make, and not too much. */
  KernelTable {
    if (shapes.isEmpty()) {
      throw UserError.in("generated kernels")
          .what("the table is empty")
          .expected("at least one kernel")
          .build();
    }
    long weights = shapes.values().stream().mapToLong(KernelShape::size).sum();
    if (weights >= MOST_WEIGHTS) {
      throw UserError.in("generated kernels")
          .what("too many weights in one table")
          .expected("fewer than 2^31")
          .received(weights)
          .build();
    }
  }

  /** All weights of all kernels. */
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
