// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.io.NpyArray;

/** Chooses one reference case for each signature, as the source of an example request. */
final class ExampleCases {
  // as text a number takes a dozen bytes: a file meant for reading should stay below a megabyte
  private static final long MAX_NUMBERS = 20_000;

  private ExampleCases() {}

  /**
   * The largest case of each signature whose file has a moderate size, or else the smallest.
   *
   * @return one case a signature, in the order in which the signatures appear
   */
  static List<ReferenceCase> choose(List<ReferenceCase> cases) {
    Map<String, ReferenceCase> chosen = new LinkedHashMap<>();
    for (ReferenceCase one : cases) {
      chosen.merge(one.signature(), one, ExampleCases::better);
    }
    return new ArrayList<>(chosen.values());
  }

  private static ReferenceCase better(ReferenceCase first, ReferenceCase second) {
    boolean secondIsLarger = numbers(second) > numbers(first);
    long larger = Math.max(numbers(first), numbers(second));
    return larger <= MAX_NUMBERS == secondIsLarger ? second : first;
  }

  private static long numbers(ReferenceCase one) {
    return Stream.of(one.inputs(), one.outputs())
        .flatMap(arrays -> arrays.values().stream())
        .mapToLong(NpyArray::size)
        .sum();
  }
}
