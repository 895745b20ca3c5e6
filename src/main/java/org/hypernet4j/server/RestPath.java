// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request's method and path ask for.
 *
 * @param model its name; empty if the path has none
 * @param version its number, or null
 * @param label of a version, or null
 * @param verb {@code predict}, {@code classify}, {@code regress}, {@code status} or {@code
 *     metadata}
 */
record RestPath(String model, @Nullable Long version, @Nullable String label, String verb) {
  static final String STATUS = "status";
  static final String METADATA = "metadata";

  private static final int IGNORE_CASE = Pattern.CASE_INSENSITIVE;
  private static final Pattern CALL =
      Pattern.compile(
          "/v1/models/([^/:]+)(?:/versions/(\\d+)|/labels/([^/:]+))?:(classify|regress|predict)",
          IGNORE_CASE);
  private static final Pattern LOOK =
      Pattern.compile(
          "/v1/models(?:/([^/:]+))?(?:/versions/(\\d+)|/labels/([^/:]+))?(?:/(metadata))?",
          IGNORE_CASE);

  /** Whether a path belongs to the interface at all. */
  static boolean isOurs(String path) {
    return path.regionMatches(true, 0, "/v1/", 0, 4);
  }

  /**
   * Reads method and path.
   *
   * @param path as it was sent, without what follows a question mark
   * @throws RestError if the interface has no such request
   */
  static RestPath parse(String method, String path) {
    boolean call = method.equals("POST");
    Matcher matcher = (call ? CALL : LOOK).matcher(path);
    if (!(call || method.equals("GET")) || !matcher.matches()) {
      throw malformed(method, path);
    }
    String name = matcher.group(1) == null ? "" : decode(matcher.group(1));
    String label = matcher.group(3) == null ? null : decode(matcher.group(3));
    Long version = matcher.group(2) == null ? null : number(matcher.group(2));
    String last = matcher.group(4) == null ? STATUS : matcher.group(4);
    if (call && !last.matches("classify|regress|predict")) {
      throw malformed(method, path); // another case finds the path, but no method
    }
    return new RestPath(name, version, label, call || last.equals(METADATA) ? last : STATUS);
  }

  private static RestError malformed(String method, String path) {
    return RestError.invalid("Malformed request: " + method + " " + path);
  }

  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw RestError.invalid("Failed to convert version: " + digits + " to numeric.");
    }
  }

  /** Resolves {@code %2F} and the like; a plus sign is one. */
  private static String decode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      out.write(low < 0 ? bytes[i] : high << 4 | low);
      i += low < 0 ? 0 : 2;
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
