// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssertThat;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Checks the images that enter a layer. TensorFlow 2.18 ends the process or returns wrong shapes
 * for empty ones. {@link org.hypernet4j.graph.internal.EmptyInputs} refuses empty feeds; this class
 * checks images that the graph itself cuts out of others.
 */
final class ImageCheck {
  /** Number of axes that are checked: batch, height and width. */
  private static final int CHECKED = 3;

  /** Number of sizes that an error shows: all. */
  private static final long SHOWN = 4;

  /** Ops whose result can be empty although their input is not. */
  private static final Set<String> CUTTING =
      Set.of("Slice", "StridedSlice", "Gather", "GatherV2", "GatherNd", "DynamicPartition", "Tile");

  private ImageCheck() {}

  /**
   * Checks images when the graph is built, as far as their sizes are known, and adds a check to the
   * graph only where they may be too small when it runs.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param pixels minimum height and width
   * @return x, which depends on the check if one was added
   */
  static Operand<TFloat32> require(Ops tf, String where, Operand<TFloat32> x, int pixels) {
    Shapes.require(where, "x", x, -1, -1, -1, -1);
    Shape shape = x.shape();
    int[] least = {1, pixels, pixels};
    boolean open = shape.isUnknown();
    for (int axis = 0; axis < CHECKED && !shape.isUnknown(); axis++) {
      long size = shape.get(axis);
      if (size >= 0 && size < least[axis]) {
        throw UserError.in(where)
            .what(axis == 0 ? "the batch is empty" : "the image is too small")
            .expected("at least 1 image of %d x %d pixels".formatted(pixels, pixels))
            .received(Shapes.describe(shape.asArray()))
            .build();
      }
      open |= size < 0 && axis > 0 && pixels > 1;
    }
    boolean known = !shape.isUnknown() && shape.get(0) > 0 && shape.get(1) > 0 && shape.get(2) > 0;
    return open || (!known && isCut(x)) ? behindCheck(tf, where, x, least) : x;
  }

  /** Whether x is cut out of another tensor. Follows first inputs only: images, not kernels. */
  private static boolean isCut(Operand<TFloat32> x) {
    GraphOperation op = (GraphOperation) x.op();
    while (!CUTTING.contains(op.type())) {
      if (op.numInputs() == 0) {
        return false;
      }
      op = (GraphOperation) op.input(0).op();
    }
    return true;
  }

  private static Operand<TFloat32> behindCheck(
      Ops tf, String where, Operand<TFloat32> x, int... least) {
    Operand<TInt32> received = tf.shape(x);
    Op check =
        tf.assertThat(
            tf.reduceAll(
                tf.math.greaterEqual(
                    tf.slice(
                        received, tf.constant(new int[] {0}), tf.constant(new int[] {CHECKED})),
                    tf.constant(least)),
                tf.constant(0)),
            List.of(
                tf.constant(
                    "%s: no images, or too small ones; expected at least 1 of %d x %d pixels; received"
                        .formatted(where, least[1], least[2])),
                received),
            AssertThat.summarize(SHOWN));
    return tf.withControlDependencies(check).identity(x);
  }
}
