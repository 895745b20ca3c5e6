// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arrays put together and taken apart along axis 0, each element copied once. */
public final class NpyRows {
  private NpyRows() {}

  /**
   * One array after the other.
   *
   * @param parts of one type, {@code [rows, ...]} with equal axes but the first; at least one
   * @return {@code [sum of the rows, ...]}
   * @throws IllegalArgumentException if they do not fit together
   */
  public static NpyArray join(List<NpyArray> parts) {
    NpyArray first = parts.get(0);
    long[] shape = first.shape();
    long rows = 0;
    long size = 0;
    for (NpyArray part : parts) {
      long[] other = part.shape();
      if (part.type() != first.type()
          || other.length != shape.length
          || other.length == 0
          || !Arrays.equals(other, 1, other.length, shape, 1, shape.length)) {
        throw new IllegalArgumentException(part + " cannot follow " + first);
      }
      rows += other[0];
      size += part.size();
    }
    shape[0] = rows;
    Object joined = first.type().allocate(Math.toIntExact(size));
    int at = 0;
    for (NpyArray part : parts) {
      System.arraycopy(part.data(), 0, joined, at, part.size());
      at += part.size();
    }
    return NpyArray.wrap(first.type(), shape, joined, "array");
  }

  /**
   * Takes an array apart.
   *
   * @param array {@code [rows, ...]}
   * @param rows of the parts, which together are those of the array
   * @throws IllegalArgumentException if they are not
   */
  public static List<NpyArray> split(NpyArray array, int... rows) {
    long[] shape = array.shape();
    int sum = Arrays.stream(rows).sum();
    if (shape.length == 0 || shape[0] != sum) {
      throw new IllegalArgumentException(array + " has not " + sum + " rows");
    }
    int row = sum == 0 ? 0 : array.size() / sum;
    List<NpyArray> parts = new ArrayList<>();
    int at = 0;
    for (int each : rows) {
      Object part = array.type().allocate(each * row);
      System.arraycopy(array.data(), at, part, 0, Array.getLength(part));
      at += each * row;
      shape[0] = each;
      parts.add(NpyArray.wrap(array.type(), shape.clone(), part, "array"));
    }
    return parts;
  }
}
