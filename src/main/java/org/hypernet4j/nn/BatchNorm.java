// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.Collection;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * Batch normalisation of the channels of images (Ioffe and Szegedy 2015).
 *
 * <pre>
 * y = gamma (x - mean) / sqrt(variance + 1e-5) + beta
 * </pre>
 *
 * <p>In training, mean and (biased) variance are those of the batch over all its pixels, and each
 * step moves the moving statistics a tenth of the way to them, the variance unbiased. In inference
 * the moving statistics are used instead, so that the result of an image does not depend on its
 * batch.
 *
 * <p>Parameters, each {@code [channels]}: {@code gamma} (starts at 1), {@code beta} (0), and, not
 * trained but part of the model, {@code moving_mean} (0) and {@code moving_variance} (1).
 */
public final class BatchNorm {
  private static final float EPSILON = 1e-5f;

  /** Weight of a batch in the moving statistics. */
  private static final float SHARE = 0.1f;

  private final long channels;
  private final Operand<TFloat32> gamma;
  private final Operand<TFloat32> beta;
  private final Parameter movingMean;
  private final Parameter movingVariance;

  /** Creates the parameters in the given scope. */
  public BatchNorm(ParameterScope scope, long channels) {
    this.channels = channels;
    Shape shape = Shape.of(channels);
    gamma = scope.value("gamma", shape, Initializers.ones(), Role.NORMALISATION);
    beta = scope.value("beta", shape, Initializers.zeros(), Role.NORMALISATION);
    movingMean =
        scope.fixedParameter("moving_mean", shape, Initializers.zeros(), Role.NORMALISATION);
    movingVariance =
        scope.fixedParameter("moving_variance", shape, Initializers.ones(), Role.NORMALISATION);
  }

  /**
   * Normalises with the moving statistics.
   *
   * @param x {@code [batch, height, width, channels]}
   * @return of the same shape
   */
  public Operand<TFloat32> inference(Ops tf, Operand<TFloat32> x) {
    return fused(tf, x, FusedBatchNorm.isTraining(false)).y();
  }

  /**
   * Normalises with the statistics of the batch.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param updates receives the next values of the moving statistics
   * @return of the same shape
   */
  public Operand<TFloat32> training(
      Ops tf, Operand<TFloat32> x, Collection<? super NextValue> updates) {
    // The op itself mixes the old statistics with those of the batch.
    FusedBatchNorm<TFloat32, TFloat32> normalised =
        fused(tf, x, FusedBatchNorm.isTraining(true).exponentialAvgFactor(SHARE));
    updates.add(new NextValue(movingMean, normalised.batchMean()));
    updates.add(new NextValue(movingVariance, normalised.batchVariance()));
    return normalised.y();
  }

  private FusedBatchNorm<TFloat32, TFloat32> fused(
      Ops tf, Operand<TFloat32> x, FusedBatchNorm.Options options) {
    Shapes.require("batch normalisation '" + gamma.op().name() + "'", "x", x, -1, -1, -1, channels);
    return tf.nn.fusedBatchNorm(
        x,
        gamma,
        beta,
        movingMean.value(),
        movingVariance.value(),
        options.epsilon(EPSILON).dataFormat("NHWC"));
  }
}
