// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.graph.internal.CustomGradient;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The loss of {@link MixtureDensity} with its derivative in closed form.
 *
 * <p>With responsibilities {@code g}, {@code C = 1 / (1 - rho^2)} and {@code u1 = C (d1 - rho d2)},
 * {@code u2} likewise, the derivatives of the offset's loss are
 *
 * <pre>{@code
 * pi: softmax - g    mu: -g u / sigma    s: -g (u d - 1)    r: -g (d1 d2 + rho (1 - Q))
 * }</pre>
 *
 * <p>None is computed like that: {@code C} and {@code d1 - rho d2} lose all digits as {@code |rho|}
 * approaches 1. With {@code A = d1 - d2} and {@code B = d1 + d2} the same is {@code u1 = (A (1 +
 * e^2r) + B (1 + e^-2r)) / 4}, {@code u2} with {@code -A}, and {@code d1 d2 - rho Q = ((B e^-r)^2 -
 * (A e^r)^2) / 4}. Products start from g, so that a component of no weight contributes 0 however
 * distant it is.
 *
 * @param raw {@code [rows, columns]}
 * @param offsets {@code [rows, 2]}
 * @param pen {@code [rows]} or {@code [rows, 3]}, null without a pen
 */
record MixtureLoss(
    Settings settings,
    Operand<TFloat32> raw,
    Operand<TFloat32> offsets,
    @Nullable Operand<TFloat32> pen)
    implements CustomGradient {
  private static final float LOG_2 = (float) Math.log(2);
  private static final float LOG_2_PI = (float) Math.log(2 * Math.PI);

  // where forward puts what backward needs
  private static final int OFFSET = 1;
  private static final int LOG_PI = 2;
  private static final int SHARES = 3;
  private static final int D = 4;
  private static final int INVERSE = 5;
  private static final int LIMITED_R = 6;

  @Override
  public List<Operand<TFloat32>> inputs() {
    return List.of(raw, offsets);
  }

  /**
   * Builds the loss.
   *
   * @return first the losses of offset and pen side by side, {@code [rows, 2]}, or that of the
   *     offset alone, {@code [rows, 1]}
   */
  @Override
  public List<Operand<TFloat32>> forward(Ops tf) {
    MixtureBlocks blocks = MixtureBlocks.of(tf, settings, raw);
    int k = settings.components();
    Operand<TFloat32> s = blocks.limitedS(tf);
    Operand<TFloat32> r = blocks.limitedR(tf);
    Operand<TFloat32> inverse = tf.math.exp(tf.math.neg(s));
    Operand<TFloat32> away =
        tf.math.sub(
            tf.reshape(offsets, tf.constant(new int[] {-1, 2, 1})),
            tf.reshape(blocks.mu(), tf.constant(new int[] {-1, 2, k})));
    Operand<TFloat32> d =
        tf.math.mul(tf.reshape(away, tf.constant(new int[] {-1, 2 * k})), inverse);

    Axes axes = Axes.of(tf, d, r);
    Operand<TFloat32> q = // 4 Q
        tf.math.addN(
            List.of(
                tf.math.square(axes.a),
                tf.math.square(axes.b),
                tf.math.square(tf.math.mul(axes.a, axes.up)),
                tf.math.square(tf.math.mul(axes.b, axes.down))));
    Operand<TFloat32> logCosh = tf.math.log(tf.math.add(axes.up, axes.down)); // + log 2
    List<Operand<TFloat32>> both = halves(tf, s);
    Operand<TFloat32> logNormal =
        tf.math.sub(
            tf.math.sub(tf.math.sub(logCosh, tf.constant(LOG_2_PI + LOG_2)), both.get(0)),
            tf.math.add(both.get(1), tf.math.mul(q, tf.constant(0.125f))));
    Operand<TFloat32> logPi = tf.nn.logSoftmax(blocks.pi());
    Operand<TFloat32> joint = tf.math.add(logPi, logNormal);

    Operand<TFloat32> max =
        tf.stopGradient(tf.reduceMax(joint, tf.constant(1), ReduceMax.keepDims(true)));
    // where all components are infinitely far the difference would be NaN
    Operand<TFloat32> largest = tf.select(tf.math.isFinite(max), max, tf.constant(0f));
    Operand<TFloat32> weights = tf.math.exp(tf.math.sub(joint, largest));
    Operand<TFloat32> sum = tf.reduceSum(weights, tf.constant(1), ReduceSum.keepDims(true));
    Operand<TFloat32> offset = tf.math.neg(tf.math.add(tf.math.log(sum), largest)); // [rows, 1]
    Operand<TFloat32> limited = limited(tf, offset);
    Operand<TFloat32> value =
        pen == null ? limited : tf.concat(List.of(limited, penLoss(tf, blocks)), tf.constant(1));
    Operand<TFloat32> shares = tf.math.divNoNan(weights, sum);
    return List.of(value, offset, logPi, shares, d, inverse, r);
  }

  /** A and B, and {@code exp(r)} and {@code exp(-r)}; see above. */
  private record Axes(
      Operand<TFloat32> a, Operand<TFloat32> b, Operand<TFloat32> up, Operand<TFloat32> down) {
    static Axes of(Ops tf, Operand<TFloat32> d, Operand<TFloat32> r) {
      List<Operand<TFloat32>> parts = halves(tf, d);
      return new Axes(
          tf.math.sub(parts.get(0), parts.get(1)),
          tf.math.add(parts.get(0), parts.get(1)),
          tf.math.exp(r),
          tf.math.exp(tf.math.neg(r)));
    }
  }

  private static List<Operand<TFloat32>> halves(Ops tf, Operand<TFloat32> pair) {
    return List.copyOf(tf.split(tf.constant(1), pair, 2L).output());
  }

  /** The loss with an epsilon added to the density, or with a smallest density. */
  private Operand<TFloat32> limited(Ops tf, Operand<TFloat32> offset) {
    if (settings.densityEpsilon() > 0) {
      return tf.math.sub(
          tf.constant((float) -Math.log(settings.densityEpsilon())),
          tf.math.softplus(overEpsilon(tf, offset)));
    }
    if (settings.densityFloor() > 0) {
      return tf.select(below(tf, offset), tf.constant(mostCost()), offset); // keeps NaN
    }
    return offset;
  }

  /** The logarithm of density / epsilon. */
  private Operand<TFloat32> overEpsilon(Ops tf, Operand<TFloat32> offset) {
    return tf.math.neg(
        tf.math.add(offset, tf.constant((float) Math.log(settings.densityEpsilon()))));
  }

  private Operand<TBool> below(Ops tf, Operand<TFloat32> offset) {
    return tf.math.greater(offset, tf.constant(mostCost()));
  }

  private float mostCost() {
    return (float) -Math.log(settings.densityFloor());
  }

  /**
   * The pen's loss, {@code [rows, 1]}. Written as softplus of how far the other states lead, which
   * has all digits of small losses, too.
   */
  private Operand<TFloat32> penLoss(Ops tf, MixtureBlocks blocks) {
    Operand<TFloat32> logits = Objects.requireNonNull(blocks.pen());
    Operand<TFloat32> states = states(tf);
    if (settings.pen() == Pen.BERNOULLI) {
      return tf.math.add(
          tf.math.mul(states, tf.math.softplus(tf.math.neg(logits))),
          tf.math.mul(tf.math.sub(tf.constant(1f), states), tf.math.softplus(logits)));
    }
    Operand<TFloat32> second = turned(tf, logits, 1);
    Operand<TFloat32> others = // log(exp(second) + exp(third))
        tf.math.add(second, tf.math.softplus(tf.math.sub(turned(tf, logits, 2), second)));
    return tf.reduceSum(
        tf.math.mul(states, tf.math.softplus(tf.math.sub(others, logits))),
        tf.constant(1),
        ReduceSum.keepDims(true));
  }

  /** The pen's states, {@code [rows, pen columns]}. */
  private Operand<TFloat32> states(Ops tf) {
    return tf.reshape(
        tf.stopGradient(Objects.requireNonNull(pen)),
        tf.constant(new int[] {-1, settings.pen().columns()}));
  }

  /** Three columns, moved to the left in a circle. */
  private static Operand<TFloat32> turned(Ops tf, Operand<TFloat32> three, int by) {
    return tf.gather(
        three, tf.constant(new int[] {by, (by + 1) % 3, (by + 2) % 3}), tf.constant(1));
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
    MixtureBlocks blocks = MixtureBlocks.of(tf, settings, raw);
    int k = settings.components();
    Operand<TFloat32> d = results.get(D);
    Operand<TFloat32> inverse = results.get(INVERSE);
    Operand<TFloat32> r = results.get(LIMITED_R);
    Operand<TFloat32> scale = byOffset(tf, results.get(OFFSET), columnOf(tf, byValue, 0));
    Operand<TFloat32> g = tf.math.mul(results.get(SHARES), tf.math.neg(scale)); // [rows, K]

    Axes axes = Axes.of(tf, d, r);
    Operand<TFloat32> ga = tf.math.mul(g, axes.a);
    Operand<TFloat32> gb = tf.math.mul(g, axes.b);
    Operand<TFloat32> aUp = tf.math.mul(axes.a, axes.up);
    Operand<TFloat32> bDown = tf.math.mul(axes.b, axes.down);
    Operand<TFloat32> gaUp = tf.math.mul(ga, axes.up);
    Operand<TFloat32> gbDown = tf.math.mul(gb, axes.down);
    Operand<TFloat32> gaAll = tf.math.add(ga, tf.math.mul(gaUp, axes.up));
    Operand<TFloat32> gbAll = tf.math.add(gb, tf.math.mul(gbDown, axes.down));
    Operand<TFloat32> gu = // g u1 and g u2, [rows, 2K]
        tf.math.mul(
            tf.concat(
                List.of(tf.math.add(gbAll, gaAll), tf.math.sub(gbAll, gaAll)), tf.constant(1)),
            tf.constant(0.25f));

    Operand<TFloat32> byMu = tf.math.mul(gu, inverse);
    Operand<TFloat32> byS =
        tf.math.sub(tf.math.mul(gu, d), tf.concat(List.of(g, g), tf.constant(1)));
    if (settings.sigmaFloor() > 0) {
      byS = tf.math.mul(byS, blocks.limitedSlope(tf));
    }
    Operand<TFloat32> byR =
        tf.math.add(
            tf.math.mul(g, tf.math.tanh(r)),
            tf.math.mul(
                tf.math.sub(tf.math.mul(gbDown, bDown), tf.math.mul(gaUp, aUp)),
                tf.constant(0.25f)));
    if (settings.correlationBound() > 0) {
      byR = tf.math.mul(byR, blocks.boundSlope(tf));
    }
    Operand<TFloat32> byPi = tf.math.add(tf.math.mul(tf.math.exp(results.get(LOG_PI)), scale), g);
    List<Operand<TFloat32>> columns = new ArrayList<>();
    if (pen != null) {
      columns.add(tf.math.mul(penSlope(tf, blocks), columnOf(tf, byValue, 1)));
    }
    columns.addAll(List.of(byPi, byMu, byS, byR));
    Operand<TFloat32> byOffsets =
        tf.math.neg(
            tf.reduceSum(tf.reshape(byMu, tf.constant(new int[] {-1, 2, k})), tf.constant(2)));
    return Arrays.asList(tf.concat(columns, tf.constant(1)), byOffsets);
  }

  /** The derivative by the offset's loss before the limit of the density, {@code [rows, 1]}. */
  private Operand<TFloat32> byOffset(
      Ops tf, Operand<TFloat32> offset, Operand<TFloat32> byLimited) {
    if (settings.densityEpsilon() > 0) {
      return tf.math.mul(byLimited, tf.math.sigmoid(overEpsilon(tf, offset)));
    }
    if (settings.densityFloor() > 0) {
      return tf.select(below(tf, offset), tf.constant(0f), byLimited);
    }
    return byLimited;
  }

  /**
   * The derivative of the pen's loss by its logits, {@code p - target}, written as sums of terms of
   * one sign: where p rounds to 1 the difference is not 0.
   */
  private Operand<TFloat32> penSlope(Ops tf, MixtureBlocks blocks) {
    Operand<TFloat32> logits = Objects.requireNonNull(blocks.pen());
    Operand<TFloat32> states = states(tf);
    if (settings.pen() == Pen.BERNOULLI) {
      return tf.math.sub(
          tf.math.mul(tf.math.sub(tf.constant(1f), states), tf.math.sigmoid(logits)),
          tf.math.mul(states, tf.math.sigmoid(tf.math.neg(logits))));
    }
    Operand<TFloat32> p = tf.nn.softmax(logits);
    return tf.math.sub(
        tf.math.mul(p, tf.math.add(turned(tf, states, 1), turned(tf, states, 2))),
        tf.math.mul(states, tf.math.add(turned(tf, p, 1), turned(tf, p, 2))));
  }

  private static Operand<TFloat32> columnOf(Ops tf, Operand<TFloat32> matrix, int at) {
    return tf.slice(matrix, tf.constant(new int[] {0, at}), tf.constant(new int[] {-1, 1}));
  }

  @Override
  public boolean worthKeeping() {
    return true;
  }
}
