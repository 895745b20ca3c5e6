// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;

/**
 * Difference of one recomputed output of a reference case from the recorded one.
 *
 * @param referenceCase number of the case, from 0
 * @param signature key of the signature
 * @param output alias of the output
 * @param maxAbsolute largest absolute difference; infinite if a number is not finite
 * @param maxRelative largest difference as a fraction of the recorded number, among the recorded
 *     numbers that are larger than the absolute tolerance
 * @param rejected how many numbers are outside the tolerance
 * @param notFinite how many recomputed numbers are NaN or infinite
 */
public record OutputDifference(
    int referenceCase,
    String signature,
    String output,
    double maxAbsolute,
    double maxRelative,
    int rejected,
    int notFinite) {

  /** Compares arrays of equal shape; integers and truth values must be equal. */
  public static OutputDifference between(
      int referenceCase,
      String signature,
      String output,
      NpyArray actual,
      NpyArray expected,
      Tolerance tolerance) {
    if (!isFloating(expected)) {
      return exact(referenceCase, signature, output, actual, expected);
    }
    double[] a = actual.doubles();
    double[] b = expected.doubles();
    double maxAbsolute = 0;
    double maxRelative = 0;
    int rejected = 0;
    int notFinite = 0;
    for (int i = 0; i < b.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      if (!Double.isFinite(difference)) {
        // a comparison with NaN is false: without this a NaN would look like no difference
        difference = Double.POSITIVE_INFINITY;
      }
      maxAbsolute = Math.max(maxAbsolute, difference);
      if (Math.abs(b[i]) > tolerance.absolute()) {
        maxRelative = Math.max(maxRelative, difference / Math.abs(b[i]));
      }
      rejected += tolerance.accepts(a[i], b[i]) ? 0 : 1;
      notFinite += Double.isFinite(a[i]) ? 0 : 1;
    }
    return new OutputDifference(
        referenceCase, signature, output, maxAbsolute, maxRelative, rejected, notFinite);
  }

  private static OutputDifference exact(
      int referenceCase, String signature, String output, NpyArray actual, NpyArray expected) {
    long[] a = actual.longs();
    long[] b = expected.longs();
    double maxAbsolute = 0;
    double maxRelative = 0;
    int rejected = 0;
    for (int i = 0; i < b.length; i++) {
      if (a[i] != b[i]) {
        double difference = Math.abs((double) a[i] - (double) b[i]);
        maxAbsolute = Math.max(maxAbsolute, difference);
        if (b[i] != 0) {
          maxRelative = Math.max(maxRelative, difference / Math.abs((double) b[i]));
        }
        rejected++;
      }
    }
    return new OutputDifference(
        referenceCase, signature, output, maxAbsolute, maxRelative, rejected, 0);
  }

  private static boolean isFloating(NpyArray array) {
    return array.type() == NpyType.F4 || array.type() == NpyType.F8;
  }
}
