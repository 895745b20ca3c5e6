// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import org.tensorflow.proto.HistogramProto;

/**
 * Turns values into the histogram of a TensorBoard summary: equal buckets from the smallest to the
 * largest finite value. Values that are not finite are counted separately.
 */
final class Histogram {
  // the default of TensorBoard's own writer
  private static final int BUCKETS = 30;

  private final float[] values;
  private final int finite;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private double sum;
  private double sumOfSquares;

  Histogram(float[] values) {
    this.values = values;
    int count = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        count++;
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
        sumOfSquares += (double) value * value;
      }
    }
    this.finite = count;
  }

  /** Number of finite values, which are in the buckets. */
  int finite() {
    return finite;
  }

  /** The message; {@link #finite} must not be 0. */
  HistogramProto toProto() {
    HistogramProto.Builder proto =
        HistogramProto.newBuilder()
            .setMin(min)
            .setMax(max)
            .setNum(finite)
            .setSum(sum)
            .setSumSquares(sumOfSquares);
    if (min == max) {
      return proto.addBucketLimit(max).addBucket(finite).build();
    }
    int[] counts = new int[BUCKETS];
    double width = (max - min) / BUCKETS;
    for (float value : values) {
      if (Float.isFinite(value)) {
        counts[Math.min(BUCKETS - 1, (int) ((value - min) / width))]++;
      }
    }
    for (int i = 0; i < BUCKETS; i++) {
      proto.addBucketLimit(i == BUCKETS - 1 ? max : min + width * (i + 1)).addBucket(counts[i]);
    }
    return proto.build();
  }
}
