// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.CustomGradients;
import org.hypernet4j.graph.internal.SharedSizes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A mixture density output: the distribution of a point in the plane as a mixture of K bivariate
 * Gaussians, and optionally that of a pen's state (Graves, arXiv:1308.0850; Ha and Eck, "A neural
 * representation of sketch drawings"). Usable with any network that yields {@link #columns} numbers
 * a row, and with any data of two columns.
 *
 * <p>The raw columns of a row are the pen's logits, then blocks of K: pi, mu1, mu2, s1, s2, r. They
 * stand for
 *
 * <pre>{@code
 * weight_k = softmax(pi)_k,  sigma_k = exp(s'_k),  rho_k = tanh(r'_k)
 * BERNOULLI: P(up) = sigmoid(pen)          THREE_WAY: P(down, up, end) = softmax(pen)
 * s' = log(exp(s) + sigmaFloor)            r' = b tanh(r / b), b = correlationBound
 * }</pre>
 *
 * <p>with {@code s' = s} and {@code r' = r} where a limit is 0. {@link #loss} is computed in a form
 * that is exact in float32 for narrow, distant and fully correlated components, too, where the
 * density itself would underflow or be {@code 0 / 0}: with {@code d = (x - mu) exp(-s')},
 *
 * <pre>{@code
 * Q_k      = ((d1 - d2)^2 (1 + exp(2r')) + (d1 + d2)^2 (1 + exp(-2r'))) / 4
 * log N_k  = -log 2 pi - s1' - s2' + log cosh r' - Q_k / 2
 * offset   = -log sum_k exp(log softmax(pi)_k + log N_k)
 * pen      = softplus(a) - a x  for a Bernoulli logit a,  -log softmax(pen)[state]  for three states
 * }</pre>
 *
 * <p>A raw output that is NaN makes the loss of its row NaN.
 */
public final class MixtureDensity {
  static final String WHERE = "mixture density";

  private final Settings settings;

  /** Creates the output. It has no parameters of its own. */
  public MixtureDensity(Settings settings) {
    this.settings = settings;
  }

  /** What is known of the pen. */
  public enum Pen {
    /** There is no pen: the data are points only. */
    NONE(0),
    /** The pen is lifted after the point, or it is not. */
    BERNOULLI(1),
    /** The pen stays down, is lifted after the point, or the drawing ends. */
    THREE_WAY(3);

    private final int columns;

    Pen(int columns) {
      this.columns = columns;
    }

    /** Number of raw columns: logits. */
    public int columns() {
      return columns;
    }
  }

  /**
   * The settings of a mixture. Of the last four, 0 turns each off.
   *
   * @param components K, the number of Gaussians, 1 to {@value #MOST_COMPONENTS}
   * @param pen what is known of the pen
   * @param densityEpsilon added to the density, as in magenta's sketch-rnn (1e-6): {@code offset =
   *     -log(density + epsilon)}. A point far from all components then costs at most {@code -log
   *     epsilon}, and has next to no gradient
   * @param densityFloor the smallest density, as in write-rnn (1e-20): {@code offset =
   *     -log(max(density, floor))}; a point below it has no gradient. Not together with an epsilon
   * @param sigmaFloor a soft lower bound of sigma, in the unit of the offsets: it is added to it
   * @param correlationBound a soft bound of {@code |r|}; at 6, {@code |rho|} is below 0.99999. The
   *     derivative by r shrinks beyond it and never vanishes
   */
  public record Settings(
      int components,
      Pen pen,
      float densityEpsilon,
      float densityFloor,
      float sigmaFloor,
      float correlationBound) {
    /** Most components of a mixture. */
    public static final int MOST_COMPONENTS = 100_000;

    /** Checks the numbers. */
    public Settings {
      if (components < 1 || components > MOST_COMPONENTS) {
        throw UserError.in(WHERE)
            .what("components is out of range")
            .expected("1 to " + MOST_COMPONENTS)
            .received(components)
            .build();
      }
      requireLimit("densityEpsilon", densityEpsilon);
      requireLimit("densityFloor", densityFloor);
      requireLimit("sigmaFloor", sigmaFloor);
      requireLimit("correlationBound", correlationBound);
      if (densityEpsilon > 0 && densityFloor > 0) {
        throw UserError.in(WHERE)
            .what("densityEpsilon and densityFloor are two laws for the same")
            .expected("one of them, 0 for the other")
            .received(densityEpsilon + " and " + densityFloor)
            .build();
      }
    }

    private static void requireLimit(String name, float value) {
      if (!(value >= 0) || value == Float.POSITIVE_INFINITY) {
        throw UserError.in(WHERE)
            .what(name + " is out of range")
            .expected("a finite number above 0, or 0 to turn it off")
            .received(value)
            .build();
      }
    }

    /** A mixture with no limits: exactly the equations of the papers. */
    public static Settings of(int components, Pen pen) {
      return new Settings(components, pen, 0f, 0f, 0f, 0f);
    }

    /** These settings with another epsilon. */
    public Settings withDensityEpsilon(float epsilon) {
      return new Settings(components, pen, epsilon, densityFloor, sigmaFloor, correlationBound);
    }

    /** These settings with another smallest density. */
    public Settings withDensityFloor(float floor) {
      return new Settings(components, pen, densityEpsilon, floor, sigmaFloor, correlationBound);
    }

    /** These settings with another floor of sigma. */
    public Settings withSigmaFloor(float floor) {
      return new Settings(components, pen, densityEpsilon, densityFloor, floor, correlationBound);
    }

    /** These settings with another bound of r. */
    public Settings withCorrelationBound(float bound) {
      return new Settings(components, pen, densityEpsilon, densityFloor, sigmaFloor, bound);
    }

    /** Number of raw columns of a row: those of the pen and 6 K. */
    public int columns() {
      return pen.columns() + 6 * components;
    }
  }

  /**
   * The loss of each row, in nats.
   *
   * @param offset of the point, {@code [rows]}
   * @param pen of the pen's state, {@code [rows]}; zeros without a pen
   */
  public record Loss(Operand<TFloat32> offset, Operand<TFloat32> pen) {}

  /**
   * The distribution of each row.
   *
   * @param pi weights, {@code [rows, K]}
   * @param mu means, {@code [rows, K, 2]}
   * @param sigma standard deviations, {@code [rows, K, 2]}
   * @param rho correlations, {@code [rows, K]}
   * @param pen probability of a lifted pen {@code [rows]}, or of the three states {@code [rows, 3]}
   *     in the order down, up, end; null without a pen
   */
  public record Parameters(
      Operand<TFloat32> pi,
      Operand<TFloat32> mu,
      Operand<TFloat32> sigma,
      Operand<TFloat32> rho,
      @Nullable Operand<TFloat32> pen) {}

  /** The settings. */
  public Settings settings() {
    return settings;
  }

  /** Number of raw columns of a row: those of the pen and 6 K. */
  public int columns() {
    return settings.columns();
  }

  /**
   * The loss of each row: the negative log likelihood of a point and of a pen state. It is
   * differentiable by {@code raw} and {@code offsets}. Padding must be replaced before, not
   * multiplied away after: {@code 0 * NaN} is NaN.
   *
   * @param raw {@code [rows, columns]}
   * @param offsets the points, {@code [rows, 2]}
   * @param pen for {@link Pen#BERNOULLI} 1 where the pen is lifted and 0 elsewhere, {@code [rows]};
   *     for {@link Pen#THREE_WAY} one-hot, {@code [rows, 3]}, order down, up, end; null for {@link
   *     Pen#NONE}
   * @throws UserError if a shape does not fit; where rows are not known when the graph is built,
   *     they are compared when it runs
   */
  public Loss loss(
      Ops tf, Operand<TFloat32> raw, Operand<TFloat32> offsets, @Nullable Operand<TFloat32> pen) {
    Operand<TFloat32> checked = checkedRaw(tf, raw);
    long rows = rows(raw);
    if ((pen == null) != (settings.pen() == Pen.NONE)) {
      throw UserError.in(WHERE)
          .what(pen == null ? "the pen's states are missing" : "there is no pen to compare with")
          .expected(
              switch (settings.pen()) {
                case NONE -> "null";
                case BERNOULLI -> "[rows], 1 where the pen is lifted";
                case THREE_WAY -> "[rows, 3], one-hot";
              })
          .received(pen == null ? "null" : Shapes.describe(pen.shape()))
          .build();
    }
    Operand<TFloat32> points =
        SharedSizes.require(
            tf, WHERE, "offsets", offsets, 1, () -> dynamicRows(tf, checked), rows, 2);
    Operand<TFloat32> states = null;
    if (pen != null) {
      long[] shape = settings.pen() == Pen.BERNOULLI ? new long[] {rows} : new long[] {rows, 3};
      states = SharedSizes.require(tf, WHERE, "pen", pen, 1, () -> dynamicRows(tf, checked), shape);
    }
    MixtureLoss piece = new MixtureLoss(settings, checked, points, states);
    List<Operand<TFloat32>> results = piece.forward(tf);
    Operand<TFloat32> value =
        CustomGradients.available() ? CustomGradients.attach(tf, piece, results) : results.get(0);
    Operand<TFloat32> offset = MixtureBlocks.column(tf, value, 0);
    return new Loss(
        offset, pen == null ? tf.zerosLike(offset) : MixtureBlocks.column(tf, value, 1));
  }

  /**
   * The distribution of each row.
   *
   * @param raw {@code [rows, columns]}
   */
  public Parameters parameters(Ops tf, Operand<TFloat32> raw) {
    return parameters(tf, MixtureBlocks.of(tf, settings, checkedRaw(tf, raw)));
  }

  /**
   * The distribution of each row at a temperature and with a bias: the one that {@link #draw} draws
   * from. Where the temperature is 0, negative or NaN, all weight is on the most probable, and
   * sigma is 0.
   *
   * @param raw {@code [rows, columns]}
   * @param temperature {@code [rows]}
   * @param bias {@code [rows]}; negative values and NaN count as 0
   */
  public Parameters parameters(
      Ops tf,
      Operand<TFloat32> raw,
      Operand<TFloat32> temperature,
      Operand<TFloat32> bias,
      MixtureSampling.Law law) {
    return new MixturePoints(tf, settings, checkedRaw(tf, raw), temperature, bias, law)
        .parameters();
  }

  /**
   * Draws a point for each row; see {@link MixtureSampling}. May be used in the body of a loop.
   *
   * @param raw {@code [rows, columns]}
   */
  public MixtureSampling.Point draw(Ops tf, Operand<TFloat32> raw, MixtureSampling how) {
    return new MixturePoints(
            tf, settings, checkedRaw(tf, raw), how.temperature(), how.bias(), how.law())
        .draw(how.uniforms());
  }

  static Parameters parameters(Ops tf, MixtureBlocks blocks) {
    Settings settings = blocks.settings();
    return new Parameters(
        tf.nn.softmax(blocks.pi()),
        pairs(tf, settings, blocks.mu()),
        pairs(tf, settings, tf.math.exp(blocks.limitedS(tf))),
        tf.math.tanh(blocks.limitedR(tf)),
        blocks.pen() == null
            ? null
            : settings.pen() == Pen.BERNOULLI
                ? MixtureBlocks.column(tf, tf.math.sigmoid(blocks.pen()), 0)
                : tf.nn.softmax(blocks.pen()));
  }

  /** Two blocks of K, {@code [rows, 2K]}, as {@code [rows, K, 2]}. */
  private static Operand<TFloat32> pairs(Ops tf, Settings settings, Operand<TFloat32> blocks) {
    return tf.linalg.transpose(
        tf.reshape(blocks, tf.constant(new int[] {-1, 2, settings.components()})),
        tf.constant(new int[] {0, 2, 1}));
  }

  private Operand<TFloat32> checkedRaw(Ops tf, Operand<TFloat32> raw) {
    Shapes.require(WHERE, "raw", raw, -1, columns());
    return SharedSizes.withTrailing(tf, raw, 1, -1, columns());
  }

  private static long rows(Operand<?> raw) {
    return raw.shape().isUnknown() ? -1 : raw.shape().get(0);
  }

  private static Operand<TInt32> dynamicRows(Ops tf, Operand<?> raw) {
    return tf.slice(tf.shape(raw), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
  }
}
