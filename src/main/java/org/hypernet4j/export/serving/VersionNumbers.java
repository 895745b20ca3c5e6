// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names of folders that a server takes for versions of a model. */
public final class VersionNumbers {
  /** Servers read a version as a signed integer of 64 bits. */
  private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

  /** A number as servers accept it: with leading zeros, a plus, and surrounding blanks. */
  private static final Pattern NUMBER = Pattern.compile("\\s*\\+?([0-9]+)\\s*");

  private VersionNumbers() {}

  /** The version of this name, or null: a number beyond 64 bits is a name like any other. */
  public static @Nullable Long parse(String name) {
    Matcher matcher = NUMBER.matcher(name);
    if (!matcher.matches()) {
      return null;
    }
    BigInteger number = new BigInteger(matcher.group(1));
    return number.compareTo(LARGEST) <= 0 ? number.longValueExact() : null;
  }

  /**
   * What a server takes for versions in a folder, the largest first: {@code 007} for 7, whether it
   * is a folder or not. Of several names for one number the plain one comes first.
   */
  public static Map<Path, Long> largestFirst(Path base) throws IOException {
    List<Map.Entry<Path, Long>> found = new ArrayList<>();
    try (Stream<Path> children = Files.list(base)) {
      children.forEach(
          child -> {
            Long number = parse(child.getFileName().toString());
            if (number != null) {
              found.add(Map.entry(child, number));
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    found.sort(
        Map.Entry.<Path, Long>comparingByValue()
            .reversed()
            .thenComparing(entry -> entry.getKey().getFileName().toString().length())
            .thenComparing(entry -> entry.getKey().toString(), Comparator.naturalOrder()));
    Map<Path, Long> largestFirst = new LinkedHashMap<>();
    found.forEach(entry -> largestFirst.put(entry.getKey(), entry.getValue()));
    return largestFirst;
  }
}
