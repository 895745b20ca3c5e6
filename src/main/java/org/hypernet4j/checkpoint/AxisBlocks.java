// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;

/** Splits float arrays along an axis, concatenates and adds them. */
final class AxisBlocks {
  private AxisBlocks() {}

  /** The length of one of {@code count} equal parts. */
  static int length(NpyArray array, int axis, int count) {
    long[] shape = array.shape();
    if (axis >= shape.length || shape[axis] % count != 0) {
      throw UserError.in("blocks")
          .what("the axis cannot be cut")
          .expected("an axis " + axis + " of " + count + " equal parts")
          .received(array)
          .build();
    }
    return (int) shape[axis] / count;
  }

  /** Indices {@code begin} to {@code end - 1} of an axis. */
  static NpyArray take(NpyArray array, int axis, int begin, int end) {
    long[] shape = array.shape();
    int inner = inner(shape, axis);
    int stride = (int) shape[axis] * inner;
    int length = end - begin;
    int part = length * inner;
    shape[axis] = length;
    float[] values = array.floats();
    float[] result = new float[stride == 0 ? 0 : values.length / stride * part];
    for (int from = begin * inner, to = 0; to < result.length; from += stride, to += part) {
      System.arraycopy(values, from, result, to, part);
    }
    return NpyArray.of(result, shape);
  }

  /**
   * Concatenates arrays along an axis.
   *
   * @throws UserError if their other axes differ
   */
  static NpyArray concat(List<NpyArray> arrays, int axis) {
    if (arrays.size() == 1) {
      return arrays.get(0);
    }
    long[] shape = arrays.get(0).shape();
    long joined = 0;
    for (NpyArray array : arrays) {
      long[] other = array.shape();
      if (axis < other.length && axis < shape.length) {
        joined += other[axis];
        other[axis] = shape[axis];
      }
      if (axis >= shape.length || !Arrays.equals(other, shape)) {
        throw UserError.in("concat")
            .what("the arrays do not fit together along axis " + axis)
            .expected("other axes as in " + arrays.get(0))
            .received(array)
            .build();
      }
    }
    int inner = inner(shape, axis);
    shape[axis] = joined;
    int stride = Math.toIntExact(joined * inner);
    int outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= (int) shape[i];
    }
    float[] result = new float[Math.multiplyExact(outer, stride)];
    int at = 0;
    for (NpyArray array : arrays) {
      float[] values = array.floats();
      int part = outer == 0 ? 0 : values.length / outer;
      for (int row = 0; row < outer; row++) {
        System.arraycopy(values, row * part, result, row * stride + at, part);
      }
      at += part;
    }
    return NpyArray.of(result, shape);
  }

  /**
   * Adds arrays, in float64; each sum is rounded once.
   *
   * @throws UserError if their shapes differ
   */
  static NpyArray sum(List<NpyArray> arrays) {
    NpyArray first = arrays.get(0);
    double[] sums = first.doubles();
    for (NpyArray array : arrays.subList(1, arrays.size())) {
      if (!Arrays.equals(array.shape(), first.shape())) {
        throw UserError.in("sum")
            .what("the arrays have different shapes")
            .expected(first)
            .received(array)
            .build();
      }
      float[] values = array.floats();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += values[i];
      }
    }
    float[] rounded = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      rounded[i] = (float) sums[i];
    }
    return NpyArray.of(rounded, first.shape());
  }

  private static int inner(long[] shape, int axis) {
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    return inner;
  }
}
