// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first setting in which two specifications differ.
 *
 * @param path as in an override: {@code training.optimizer.type}, {@code values[2]}
 * @param stored its value in the first as JSON, or {@code nothing}
 * @param given its value in the second
 */
public record SpecDifference(String path, String stored, String given) {
  public static Optional<SpecDifference> first(JsonObject stored, JsonObject given) {
    return first("", stored, given);
  }

  private static Optional<SpecDifference> first(
      String path, @Nullable JsonElement stored, @Nullable JsonElement given) {
    if (stored instanceof JsonObject a && given instanceof JsonObject b) {
      Set<String> keys = new LinkedHashSet<>(a.keySet());
      keys.addAll(b.keySet());
      return keys.stream()
          .flatMap(
              key ->
                  first(path.isEmpty() ? key : path + "." + key, a.get(key), b.get(key)).stream())
          .findFirst();
    }
    if (stored instanceof JsonArray a && given instanceof JsonArray b && a.size() == b.size()) {
      for (int i = 0; i < a.size(); i++) {
        Optional<SpecDifference> found = first(path + "[" + i + "]", a.get(i), b.get(i));
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    return stored == null || !stored.equals(given)
        ? Optional.of(new SpecDifference(path, text(stored), text(given)))
        : Optional.empty();
  }

  private static String text(@Nullable JsonElement value) {
    return value == null ? "nothing" : value.toString();
  }
}
