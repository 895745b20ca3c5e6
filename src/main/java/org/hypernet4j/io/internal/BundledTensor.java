// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.util.List;
import java.util.Locale;
import org.tensorflow.proto.DataType;

/**
 * The index entry of one tensor of a {@link TensorBundle}.
 *
 * @param name name under which the tensor is stored
 * @param type of its elements
 * @param shape lengths of the axes; empty for a scalar
 * @param shard index of the data file
 * @param offset of its first byte in that file
 * @param bytes in that file
 * @param checksum masked CRC-32C of its elements
 * @param slices number of slices it is stored in, or 0 if it is stored whole
 */
public record BundledTensor(
    String name,
    DataType type,
    List<Long> shape,
    int shard,
    long offset,
    long bytes,
    int checksum,
    int slices) {

  /** Copies the shape. */
  public BundledTensor {
    shape = List.copyOf(shape);
  }

  /** The type without {@code DT_} and the shape, for example {@code float [2, 3]}. */
  @Override
  public String toString() {
    return type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT) + " " + shape;
  }

  /** The shape as an array. */
  public long[] lengths() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
