// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.OutputDifference;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.Tolerance;
import org.hypernet4j.io.NpyArray;

/** Compares the answers of a reader of a model with the recorded outputs. */
final class CaseComparison {
  private final Tolerance tolerance;
  private final List<Fault> faults;
  private final List<OutputDifference> differences;

  /**
   * A comparison that adds to two lists.
   *
   * @param faults gets every output that is refused
   * @param differences gets every output that could be compared
   */
  CaseComparison(Tolerance tolerance, List<Fault> faults, List<OutputDifference> differences) {
    this.tolerance = tolerance;
    this.faults = faults;
    this.differences = differences;
  }

  /** Compares all outputs of the case with the given number. */
  void compare(int number, ReferenceCase one, Map<String, NpyArray> outputs) {
    if (!outputs.keySet().equals(one.outputs().keySet())) {
      add(
          Fault.Kind.DIFFERENCE,
          "case %d, %s: the outputs are %s, recorded were %s"
              .formatted(
                  number,
                  one.signature(),
                  new TreeSet<>(outputs.keySet()),
                  new TreeSet<>(one.outputs().keySet())));
      return;
    }
    one.outputs()
        .forEach(
            (alias, expected) -> {
              NpyArray actual = outputs.get(alias);
              if (actual != null) {
                compare(number, one.signature(), alias, actual, expected);
              }
            });
  }

  private void compare(
      int number, String signature, String alias, NpyArray actual, NpyArray expected) {
    String where = "case " + number + ", " + signature + "." + alias;
    if (actual.type() != expected.type() || !Arrays.equals(actual.shape(), expected.shape())) {
      add(Fault.Kind.DIFFERENCE, where + " is " + actual + ", recorded was " + expected);
      return;
    }
    OutputDifference difference =
        OutputDifference.between(number, signature, alias, actual, expected, tolerance);
    differences.add(difference);
    if (difference.notFinite() > 0) {
      add(
          Fault.Kind.NOT_FINITE,
          where + ": " + difference.notFinite() + " numbers are NaN or infinite");
    } else if (difference.rejected() > 0) {
      add(
          Fault.Kind.DIFFERENCE,
          where
              + ": "
              + difference.rejected()
              + " of "
              + actual.size()
              + " numbers differ by up to "
              + difference.maxAbsolute()
              + ", allowed are "
              + tolerance.absolute()
              + " absolute and "
              + tolerance.relative()
              + " relative");
    }
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}
