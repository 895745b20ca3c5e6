// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * The term that keeps two draws of an implicit hypernetwork apart.
 *
 * <pre>
 * d(z, z')^2 = mean over images and classes of (f(z) - f(z'))^2,  f the logits less their mean
 * loss = cross entropy - diversity (Z / N) log d(z, z')            two draws a step
 * </pre>
 *
 * <p>The cross entropy alone is least where every z makes the best network, and a generator that
 * ignores z can make it. A variational bound has the entropy of the networks' distribution against
 * that, divided by N; of an implicit distribution it can only be estimated. The estimate of
 * Kozachenko and Leonenko (1987) is, up to a constant, the number of dimensions times the mean
 * logarithm of the distance to the nearest other draw: here the one other draw, and Z dimensions,
 * as all networks lie on a surface of so many. So the weight 1 stands for the entropy of the bound.
 * Deutsch (arXiv:1801.01952) trains hypernetworks for accuracy and diversity in this way with
 * distances between weights. Distances between what the networks say are used here since weights
 * can differ where nothing is changed by it: units can be exchanged, and pixels that are always
 * black have weights, too.
 */
final class Diversity {
  /** Keeps the logarithm finite where two draws agree: a distance of 1e-4. */
  private static final float SMALLEST = 1e-8f;

  private Diversity() {}

  /** The factor of {@code -log d} in the loss. */
  static double weight(double diversity, int noiseSize, int trainImages) {
    return diversity * noiseSize / trainImages;
  }

  /**
   * log d of two draws.
   *
   * @param logits {@code [2, n, classes]}
   * @return a scalar
   */
  static Operand<TFloat32> logDistance(Ops tf, Operand<TFloat32> logits) {
    Operand<TFloat32> centred =
        tf.math.sub(logits, tf.math.mean(logits, tf.constant(2), Mean.keepDims(true)));
    Operand<TFloat32> first = draw(tf, centred, 0);
    Operand<TFloat32> second = draw(tf, centred, 1);
    Operand<TFloat32> square =
        tf.math.mean(tf.math.square(tf.math.sub(first, second)), tf.constant(new int[] {0, 1, 2}));
    return tf.math.mul(tf.constant(0.5f), tf.math.log(tf.math.add(square, tf.constant(SMALLEST))));
  }

  private static Operand<TFloat32> draw(Ops tf, Operand<TFloat32> logits, int draw) {
    return tf.slice(
        logits, tf.constant(new int[] {draw, 0, 0}), tf.constant(new int[] {1, -1, -1}));
  }
}
