// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;

/** Names of parameters, and of scopes with everything below, that training leaves alone. */
final class FrozenNames {
  private static final int NAMED = 3;

  private final List<String> names = new ArrayList<>();

  void add(Collection<String> more) {
    for (String name : more) {
      for (String part : name.split("/", -1)) {
        ParameterStore.requireName("freeze", part);
      }
    }
    names.addAll(more);
  }

  boolean has(String parameter) {
    return names.stream().anyMatch(name -> covers(name, parameter));
  }

  private static boolean covers(String name, String parameter) {
    return parameter.equals(name) || parameter.startsWith(name + "/");
  }

  /**
   * Checks that each name froze something.
   *
   * @param model the names of the model's parameters
   */
  void requireFound(Collection<String> model) {
    List<String> lost =
        names.stream()
            .filter(name -> model.stream().noneMatch(parameter -> covers(name, parameter)))
            .toList();
    if (lost.isEmpty()) {
      return;
    }
    Set<String> candidates = new TreeSet<>(model);
    for (String parameter : model) {
      for (int slash = parameter.indexOf('/'); slash > 0; ) {
        candidates.add(parameter.substring(0, slash));
        slash = parameter.indexOf('/', slash + 1);
      }
    }
    String first = lost.stream().limit(NAMED).collect(Collectors.joining("', '"));
    throw UserError.in("freeze")
        .what("the model has no parameter and no scope of this name")
        .expected("a name such as 'conv1/kernel', or a scope such as 'conv1' with all below it")
        .received("'" + first + "'" + (lost.size() > NAMED ? ", ..." : ""))
        .next(
            candidates.isEmpty()
                ? "build the model with this store first"
                : "did you mean '" + Nearest.of(lost.get(0), candidates) + "'?")
        .build();
  }
}
