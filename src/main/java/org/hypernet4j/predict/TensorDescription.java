// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * An input or output of a signature.
 *
 * @param type of its elements
 * @param shape with -1 for what a call decides; null if even the number of axes is open
 */
@SuppressWarnings("ArrayRecordComponent") // copied, and compared by content
public record TensorDescription(DataType type, long @Nullable [] shape) {
  /** Takes a copy of the shape. */
  public TensorDescription {
    shape = shape == null ? null : shape.clone();
  }

  @Override
  public long @Nullable [] shape() {
    return shape == null ? null : shape.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TensorDescription that
        && type == that.type
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return type + " " + (shape == null ? "of any shape" : Arrays.toString(shape));
  }
}
