// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.hypernet4j.nn.MixtureSampling.Law;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A mixture at a temperature and with a bias, row by row, and points drawn from it. In float64, so
 * that {@link MixtureDraw} draws the same; none of the ops has an effect, so that they may be part
 * of a loop's body.
 */
final class MixturePoints {
  private final Ops tf;
  private final Settings settings;
  private final Operand<TFloat32> raw;
  private final Operand<TInt32> rows;
  private final Operand<TBool> cold; // [rows, 1]
  private final Operand<TFloat64> temperature; // [rows, 1], 1 where it is cold
  private final Operand<TFloat64> bias; // [rows, 1]
  private final Law law;

  MixturePoints(
      Ops tf,
      Settings settings,
      Operand<TFloat32> raw,
      Operand<TFloat32> temperature,
      Operand<TFloat32> bias,
      Law law) {
    this.tf = tf;
    this.settings = settings;
    this.raw = raw;
    this.law = law;
    rows = tf.slice(tf.shape(raw), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TFloat32> tau = perRow("temperature", temperature, 1);
    Operand<TFloat32> b = perRow("bias", bias, 1);
    Operand<TBool> warm = tf.math.greaterEqual(tau, tf.constant(MixtureDraw.COLD));
    this.cold = tf.math.logicalNot(warm);
    this.temperature = finite(tf.select(warm, tau, tf.constant(1f)));
    Operand<TFloat32> zero = tf.constant(0f);
    this.bias = finite(tf.select(tf.math.greater(b, zero), b, zero));
  }

  /** Infinity times a weight's logit of 0, or divided by it, would be no number. */
  private Operand<TFloat64> finite(Operand<TFloat32> setting) {
    return tf.dtypes.cast(tf.math.minimum(setting, tf.constant(MixtureDraw.MOST)), TFloat64.class);
  }

  /**
   * A setting of each row as a matrix. Reshaping to the rows of {@code raw} fails when the graph
   * runs if there are more or fewer: TensorFlow would repeat a single one for all rows.
   */
  private <T extends TType> Operand<T> perRow(String name, Operand<T> setting, int columns) {
    long known = raw.shape().isUnknown() ? -1 : raw.shape().get(0);
    if (columns == 1) {
      Shapes.require(MixtureDensity.WHERE, name, setting, known);
    } else {
      Shapes.require(MixtureDensity.WHERE, name, setting, known, columns);
    }
    return tf.reshape(
        setting, tf.concat(List.of(rows, tf.constant(new int[] {columns})), tf.constant(0)));
  }

  /** Weights that are proportional to {@code softmax(logits / tau)}, {@code [rows, n]}. */
  private Operand<TFloat64> weights(Operand<TFloat64> logits, int n) {
    Operand<TInt32> axis = tf.constant(1);
    Operand<TFloat64> largest = tf.reduceMax(logits, axis, ReduceMax.keepDims(true));
    Operand<TFloat64> warm = tf.math.exp(tf.math.div(tf.math.sub(logits, largest), temperature));
    Operand<TFloat64> certain =
        tf.oneHot(
            tf.math.argMax(logits, axis, TInt32.class),
            tf.constant(n),
            tf.constant(1.0),
            tf.constant(0.0));
    return tf.select(cold, certain, warm);
  }

  private Operand<TFloat64> componentWeights(MixtureBlocks blocks) {
    Operand<TFloat64> pi = tf.dtypes.cast(blocks.pi(), TFloat64.class);
    return weights(tf.math.mul(pi, tf.math.add(bias, tf.constant(1.0))), settings.components());
  }

  /** Weights of the pen's states: down and up, or down, up and end; null without a pen. */
  private @Nullable Operand<TFloat64> penWeights(MixtureBlocks blocks) {
    if (blocks.pen() == null) {
      return null;
    }
    Operand<TFloat64> logits = tf.dtypes.cast(blocks.pen(), TFloat64.class);
    return settings.pen() == Pen.BERNOULLI
        ? weights(tf.concat(List.of(tf.zerosLike(logits), logits), tf.constant(1)), 2)
        : weights(logits, 3);
  }

  /** The factor of sigma, {@code [rows, 1]}; 0 where it is cold. */
  private Operand<TFloat64> spread() {
    Operand<TFloat64> factor = law == Law.VARIANCE ? tf.math.sqrt(temperature) : temperature;
    return tf.select(cold, tf.constant(0.0), tf.math.mul(tf.math.exp(tf.math.neg(bias)), factor));
  }

  /** The distribution that points are drawn from. */
  MixtureDensity.Parameters parameters() {
    MixtureBlocks blocks = MixtureBlocks.of(tf, settings, raw);
    MixtureDensity.Parameters plain = MixtureDensity.parameters(tf, blocks);
    Operand<TFloat64> pen = penWeights(blocks);
    Operand<TFloat32> spread =
        tf.expandDims(tf.dtypes.cast(spread(), TFloat32.class), tf.constant(2));
    return new MixtureDensity.Parameters(
        shares(componentWeights(blocks)),
        plain.mu(),
        tf.math.mulNoNan(plain.sigma(), spread),
        plain.rho(),
        pen == null
            ? null
            : settings.pen() == Pen.BERNOULLI
                ? MixtureBlocks.column(tf, shares(pen), 1)
                : shares(pen));
  }

  private Operand<TFloat32> shares(Operand<TFloat64> weights) {
    Operand<TFloat64> sum = tf.expandDims(tf.reduceSum(weights, tf.constant(1)), tf.constant(1));
    return tf.dtypes.cast(tf.math.div(weights, sum), TFloat32.class);
  }

  /**
   * Draws a point for each row.
   *
   * @param uniforms {@code [rows, 4]}
   */
  MixtureSampling.Point draw(Operand<TFloat64> uniforms) {
    List<Operand<TFloat64>> u =
        columns(perRow("uniforms", uniforms, MixtureDraw.UNIFORMS), MixtureDraw.UNIFORMS);
    MixtureBlocks blocks = MixtureBlocks.of(tf, settings, raw);
    Operand<TInt32> component = choose(componentWeights(blocks), u.get(0), settings.components());
    Operand<TFloat64> penWeights = penWeights(blocks);
    Operand<TInt32> pen =
        penWeights == null
            ? tf.zerosLike(component)
            : choose(penWeights, u.get(1), settings.pen() == Pen.BERNOULLI ? 2 : 3);

    List<Operand<TFloat64>> own = columns(ownColumns(component), 5); // each [rows, 1]
    Operand<TFloat64> floor = tf.constant((double) settings.sigmaFloor());
    Operand<TFloat64> spread = spread();
    Operand<TFloat64> sigma1 = tf.math.mul(tf.math.add(tf.math.exp(own.get(2)), floor), spread);
    Operand<TFloat64> sigma2 = tf.math.mul(tf.math.add(tf.math.exp(own.get(3)), floor), spread);
    Operand<TFloat64> r = own.get(4);
    if (settings.correlationBound() > 0) {
      Operand<TFloat64> bound = tf.constant((double) settings.correlationBound());
      r = tf.math.mul(tf.math.tanh(tf.math.div(r, bound)), bound);
    }
    // not log1p, which TFLite has no kernel for: the difference is exact in steps of 2^-53
    Operand<TFloat64> other = tf.math.log(tf.math.sub(tf.constant(1.0), u.get(2)));
    Operand<TFloat64> length = tf.math.sqrt(tf.math.mul(other, tf.constant(-2.0)));
    Operand<TFloat64> angle = tf.math.mul(u.get(3), tf.constant(2 * Math.PI));
    Operand<TFloat64> n1 = tf.math.mul(length, tf.math.cos(angle));
    Operand<TFloat64> n2 = tf.math.mul(length, tf.math.sin(angle));
    // sqrt(1 - tanh^2) = 1 / cosh, which keeps its digits
    Operand<TFloat64> across =
        tf.math.add(tf.math.mul(tf.math.tanh(r), n1), tf.math.div(n2, tf.math.cosh(r)));
    Operand<TFloat64> means = tf.concat(List.of(own.get(0), own.get(1)), tf.constant(1));
    Operand<TFloat64> deviations =
        tf.concat(List.of(tf.math.mul(sigma1, n1), tf.math.mul(sigma2, across)), tf.constant(1));
    Operand<TFloat64> offset = tf.select(cold, means, tf.math.add(means, deviations));
    return new MixtureSampling.Point(tf.dtypes.cast(offset, TFloat32.class), pen, component);
  }

  /** The raw mu1, mu2, s1, s2 and r of one component of each row, {@code [rows, 5]}. */
  private Operand<TFloat64> ownColumns(Operand<TInt32> component) {
    int k = settings.components();
    Operand<TFloat32> all =
        tf.reshape(
            tf.slice(
                raw,
                tf.constant(new int[] {0, settings.pen().columns() + k}),
                tf.constant(new int[] {-1, 5 * k})),
            tf.constant(new int[] {-1, 5, k}));
    return tf.dtypes.cast(
        tf.gather(all, component, tf.constant(2), Gather.batchDims(1L)), TFloat64.class);
  }

  private List<Operand<TFloat64>> columns(Operand<TFloat64> matrix, int n) {
    return List.copyOf(tf.split(tf.constant(1), matrix, (long) n).output());
  }

  /**
   * Inverts the cumulative distribution. Whatever the weights, the result is a valid index.
   *
   * @param weights {@code [rows, n]}
   * @param u {@code [rows, 1]}
   * @return {@code [rows]}
   */
  private Operand<TInt32> choose(Operand<TFloat64> weights, Operand<TFloat64> u, int n) {
    Operand<TInt32> axis = tf.constant(1);
    Operand<TFloat64> sums = tf.math.cumsum(weights, axis);
    Operand<TFloat64> total =
        tf.slice(sums, tf.constant(new int[] {0, n - 1}), tf.constant(new int[] {-1, 1}));
    Operand<TBool> before = tf.math.lessEqual(sums, tf.math.mul(u, total));
    return tf.math.minimum(
        tf.reduceSum(tf.dtypes.cast(before, TInt32.class), axis), tf.constant(n - 1));
  }
}
