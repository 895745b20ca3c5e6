// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.util.Set;
import org.hypernet4j.error.Setting;

/**
 * The origin of values, for the beginning of an error message.
 *
 * @param file the file, or another name of the source
 * @param overridden the paths that an override has set
 */
public record Place(String file, Set<String> overridden) {

  public static Place file(String file) {
    return new Place(file, Set.of());
  }

  /** For example {@code graphs/mnist-hyper.json, training.batchSize (from override)}. */
  String at(String path) {
    boolean fromOverride =
        !path.isEmpty()
            && overridden.stream()
                .anyMatch(
                    set ->
                        path.equals(set)
                            || path.startsWith(set + ".")
                            || path.startsWith(set + "["));
    return join(file, path) + (fromOverride ? " (from " + Setting.of("override") + ")" : "");
  }

  static String join(String file, String path) {
    return path.isEmpty() ? file : file + ", " + path;
  }

  /** The path of a key inside the object at {@code path}. */
  static String key(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
