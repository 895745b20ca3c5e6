// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads one of a few constants from its word on the command line. */
abstract class WordConverter<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
  private final E[] constants;
  private final Function<E, String> word;

  WordConverter(Class<E> type, Function<E, String> word) {
    this.constants = type.getEnumConstants();
    this.word = word;
  }

  @Override
  public E convert(String given) {
    return Arrays.stream(constants)
        .filter(constant -> word.apply(constant).equals(given))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected " + String.join(" or ", this) + ", received '" + given + "'"));
  }

  @Override
  public Iterator<String> iterator() {
    return Arrays.stream(constants).map(word).iterator();
  }
}
