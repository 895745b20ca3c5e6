// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/** Checks that a mapping fits the model. */
public final class MappingCheck {
  private final WeightMapping mapping;
  private final String where;

  /**
   * Prepares the checks of one mapping.
   *
   * @param where its file or name, for errors
   */
  public MappingCheck(WeightMapping mapping, String where) {
    this.mapping = mapping;
    this.where = where;
  }

  /**
   * Checks that no rule is unused: each rule that is not optional must apply to a parameter, and if
   * all are optional one of them must. A rule that never applies is a misspelt name, and its
   * parameter would be taken from another array.
   *
   * @param ours names of the parameters
   * @throws UserError that names the first unused rule
   */
  public void requireUsed(Collection<String> ours) {
    List<WeightMapping.Rule> rules = mapping.rules();
    List<NamePattern> patterns = rules.stream().map(rule -> new NamePattern(rule.ours())).toList();
    int[] counts = new int[rules.size()];
    for (String name : ours) {
      for (int i = 0; i < counts.length; i++) {
        if (patterns.get(i).matches(name)) {
          counts[i]++;
          break;
        }
      }
    }
    int used = 0;
    for (int i = 0; i < counts.length; i++) {
      used += counts[i];
      if (counts[i] == 0 && !rules.get(i).optional()) {
        throw idle(i, patterns.get(i), ours);
      }
    }
    if (used == 0 && counts.length > 0) {
      throw UserError.in(where)
          .what("no rule fits a parameter of this model")
          .expected("a model that has " + rules.get(0).ours())
          .received(String.join(", ", ours.stream().limit(3).toList()) + " and so on")
          .next(
              "take another mapping, or give this one the scope of your cell with"
                  + " WeightMapping.withScope; 'inspect SPEC' shows the parameters of a"
                  + " specification")
          .build();
    }
  }

  private UserError idle(int index, NamePattern pattern, Collection<String> ours) {
    String rule = mapping.rules().get(index).ours();
    for (String name : ours) {
      if (pattern.matches(name)) {
        for (int i = 0; i < index; i++) {
          if (new NamePattern(mapping.rules().get(i).ours()).matches(name)) {
            return UserError.in(where + ": rules[" + index + "]")
                .what("never counts, because an earlier rule takes all its parameters")
                .expected("rules that begin with the special ones")
                .received(
                    "'"
                        + rule
                        + "' after rules["
                        + i
                        + "], '"
                        + mapping.rules().get(i).ours()
                        + "'")
                .next("change their order, or remove one")
                .build();
          }
        }
      }
    }
    return UserError.in(where + ": rules[" + index + "]")
        .what("fits no parameter of this model")
        .expected("a name such as '" + Nearest.of(rule, new ArrayList<>(ours)) + "'")
        .received("'" + rule + "'")
        .next("correct it, or add \"optional\": true if the model may lack it")
        .build();
  }

  /**
   * Checks that the specification has the settings that the mapping requires.
   *
   * @param settings all settings as a tree; a setting's name is its path, {@code model.cell.units}
   * @throws UserError that names the first setting that differs
   */
  public void requireSettings(JsonElement settings) {
    for (WeightMapping.Setting each : mapping.requires()) {
      JsonElement value = at(settings, each.setting());
      boolean counts =
          each.when() == null || new JsonPrimitive(true).equals(at(settings, each.when()));
      if (counts
          && value instanceof JsonPrimitive number
          && number.isNumber()
          && number.getAsDouble() != each.value()) {
        throw UserError.in(each.setting())
            .what("with this setting the weights would be another function, according to " + where)
            .expected(show(each.value()))
            .received(value)
            .next("add " + Setting.of(each.setting(), show(each.value())))
            .build();
      }
    }
  }

  private static @Nullable JsonElement at(JsonElement tree, String path) {
    JsonElement value = tree;
    for (String key : path.split("\\.", -1)) {
      value = value instanceof JsonObject object ? object.get(key) : null;
    }
    return value;
  }

  private static String show(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
