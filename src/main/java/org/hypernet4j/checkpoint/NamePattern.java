// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * A pattern for names with slashes. {@code **} at the beginning matches any scopes or none, at the
 * end anything below; {@code *} matches any text within one scope; {@code {k}} matches text within
 * one scope that another pattern can refer to.
 */
final class NamePattern {
  private static final Pattern PART = Pattern.compile("^\\*\\*/|/\\*\\*$|\\*|\\{([a-z]+)}");

  private static final int LONGEST = 1000;
  private static final int MOST_WILD_PARTS = 8;

  private final Pattern regex;
  private final List<String> variables = new ArrayList<>();

  /**
   * Compiles a pattern.
   *
   * @throws UserError if it is too long or has too many wildcards: matching time grows with both
   */
  NamePattern(String pattern) {
    if (pattern.length() > LONGEST || wildParts(pattern) > MOST_WILD_PARTS) {
      throw UserError.in("'" + pattern.substring(0, Math.min(pattern.length(), 40)) + "'...")
          .what("is too complicated for a pattern of names")
          .expected(
              "at most %d characters and %d of *, **/ and {k}".formatted(LONGEST, MOST_WILD_PARTS))
          .received(pattern.length() + " characters and " + wildParts(pattern))
          .build();
    }
    StringBuilder text = new StringBuilder();
    Matcher part = PART.matcher(pattern);
    int end = 0;
    while (part.find()) {
      text.append(Pattern.quote(pattern.substring(end, part.start())));
      String variable = part.group(1);
      if (variable != null) {
        variables.add(variable);
        text.append("([^/]+)");
      } else {
        text.append(
            switch (part.group()) {
              case "**/" -> "(?:.*/)?";
              case "/**" -> "/.*";
              default -> "[^/]*";
            });
      }
      end = part.end();
    }
    regex = Pattern.compile(text.append(Pattern.quote(pattern.substring(end))).toString());
  }

  private static int wildParts(String pattern) {
    return (int) pattern.chars().filter(c -> c == '*' || c == '{').count();
  }

  /** The text that each variable matches in a name, or null if the pattern does not match. */
  @Nullable Map<String, String> match(String name) {
    Matcher matcher = regex.matcher(name);
    if (!matcher.matches()) {
      return null;
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < variables.size(); i++) {
      values.put(variables.get(i), matcher.group(i + 1));
    }
    return values;
  }

  boolean matches(String name) {
    return regex.matcher(name).matches();
  }

  /** A pattern with its variables replaced. */
  static String fill(String pattern, Map<String, String> values) {
    String filled = pattern;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace("{" + value.getKey() + "}", value.getValue());
    }
    return filled;
  }
}
