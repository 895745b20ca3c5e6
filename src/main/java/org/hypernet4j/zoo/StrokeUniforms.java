// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.hypernet4j.graph.Shapes;
import org.hypernet4j.nn.MixtureDraw;
import org.hypernet4j.random.StatelessRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * The random numbers of a point: draws {@code 4 position} to {@code 4 position + 3} of {@link
 * StatelessRandom}. They depend on the seed of the drawing and on the position of the point alone,
 * not on the batch, and are the same numbers in a graph and in plain Java.
 */
public final class StrokeUniforms {
  private StrokeUniforms() {}

  /**
   * In plain Java.
   *
   * @param position number of points drawn before, 0 for the first
   * @return four numbers of [0, 1)
   */
  public static double[] of(long seed, long position) {
    StatelessRandom random = StatelessRandom.of(seed);
    double[] uniforms = new double[MixtureDraw.UNIFORMS];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.uniform(position * MixtureDraw.UNIFORMS + i);
    }
    return uniforms;
  }

  /**
   * In a graph.
   *
   * @param seed {@code [rows]}
   * @param position {@code [rows]}
   * @return {@code [rows, 4]}
   */
  public static Operand<TFloat64> of(Ops tf, Operand<TInt64> seed, Operand<TInt64> position) {
    Shapes.require("uniforms", "seed", seed, -1);
    long rows = seed.shape().isUnknown() ? -1 : seed.shape().get(0);
    Shapes.require("uniforms", "position", position, rows);
    Operand<TInt64> seeds = tf.expandDims(seed, tf.constant(1)); // [rows, 1]
    // reshaping fails when the graph runs where a single position would be repeated for all rows
    Operand<TInt64> first =
        tf.math.mul(
            tf.reshape(position, tf.shape(seeds)), tf.constant((long) MixtureDraw.UNIFORMS));
    Operand<TInt64> places = tf.constant(new long[] {0, 1, 2, 3});
    return GraphDraw.uniform(tf, seeds, tf.math.add(first, places));
  }
}
