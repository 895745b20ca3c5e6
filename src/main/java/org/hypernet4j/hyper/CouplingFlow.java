// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A hypernetwork that can be inverted: it makes numbers from as much noise, and the density of what
 * it makes is known exactly (Krueger et al., "Bayesian hypernetworks", 2017). Affine couplings
 * (Dinh, Sohl-Dickstein and Bengio, "Density estimation using Real NVP", ICLR 2017), then a scale
 * and a shift for each number:
 *
 * <pre>
 * x_0 = noise, cut into halves [a ; b] of n / 2 (rounded down) and the rest
 * coupling k:  (r, t) = L_k(a),  s = tanh(r),  b' = b exp(s) + t,  a' = a        k even
 *              (r, t) = L_k(b),  s = tanh(r),  a' = a exp(s) + t,  b' = b        k odd
 * y = m + exp(d) x_K
 * log |det dy / dnoise| = sum of all s + sum of d
 * </pre>
 *
 * <p>L_k has ReLU layers and a linear one whose weights begin at zero: at the start y is normal
 * with the given means and standard deviation. The tanh keeps a coupling from scaling by more than
 * e.
 *
 * <p>Parameters: {@code coupling<k>/hidden<l>/W}, {@code .../b}, {@code coupling<k>/W [n_L, 2
 * changed]} (r, then t), {@code coupling<k>/b}, {@code mean [n]}, {@code logScale [n]}.
 */
public final class CouplingFlow {
  private static final String WHERE = "coupling flow";

  private final Settings settings;
  private final List<Coupling> couplings = new ArrayList<>();
  private final Parameter mean;
  private final Parameter logScale;

  /**
   * The design of a flow.
   *
   * @param size n, at least 2
   * @param couplings how many; 0 for a normal distribution with independent numbers
   * @param hiddenSizes units of the ReLU layers of each coupling
   * @param mean the values {@code [n]} that m begins with
   * @param deviation the standard deviation that every number begins with
   */
  public record Settings(
      int size, int couplings, List<Integer> hiddenSizes, Initializer mean, double deviation) {
    /** Checks the sizes. */
    public Settings {
      hiddenSizes = List.copyOf(hiddenSizes);
      ReluLayers.requirePositive(WHERE, hiddenSizes);
      if (size < 2 || couplings < 0) {
        throw UserError.in(WHERE)
            .what("sizes are out of range")
            .expected("2 numbers or more, 0 couplings or more")
            .received(size + " numbers, " + couplings + " couplings")
            .build();
      }
      if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
        throw UserError.in(WHERE)
            .what("the standard deviation is out of range")
            .expected("a positive number")
            .received(deviation)
            .build();
      }
    }

    private int half() {
      return size / 2;
    }

    private int read(int coupling) {
      return coupling % 2 == 0 ? half() : size - half();
    }

    /** The number of parameters of a flow. */
    public long parameterCount() {
      long count = 2L * size;
      for (int k = 0; k < couplings; k++) {
        long last = ReluLayers.outputs(read(k), hiddenSizes);
        count += ReluLayers.parameterCount(read(k), hiddenSizes);
        count += (last + 1) * 2 * (size - read(k));
      }
      return count;
    }
  }

  private record Coupling(ReluLayers hidden, Parameter w, Parameter b) {}

  /**
   * What a flow has made.
   *
   * @param values y, {@code [rows, n]}
   * @param logDeterminant log |det dy / dnoise| of each row, {@code [rows]}
   */
  public record Drawn(Operand<TFloat32> values, Operand<TFloat32> logDeterminant) {}

  /** Creates the parameters. */
  public CouplingFlow(ParameterScope scope, Settings settings) {
    this.settings = settings;
    for (int k = 0; k < settings.couplings(); k++) {
      ParameterScope own = scope.child("coupling" + k);
      int read = settings.read(k);
      int changed = settings.size() - read;
      int last = ReluLayers.outputs(read, settings.hiddenSizes());
      couplings.add(
          new Coupling(
              new ReluLayers(own, read, settings.hiddenSizes()),
              own.parameter(
                  "W", Shape.of(last, 2L * changed), Initializers.zeros(), Role.GENERATOR),
              own.parameter("b", Shape.of(2L * changed), Initializers.zeros(), Role.GENERATOR)));
    }
    Shape each = Shape.of(settings.size());
    mean = scope.parameter("mean", each, settings.mean(), Role.GENERATOR);
    logScale =
        scope.parameter(
            "logScale",
            each,
            Initializers.constant((float) Math.log(settings.deviation())),
            Role.GENERATOR);
  }

  /** n, the length of the noise and of what is made of it. */
  public int size() {
    return settings.size();
  }

  /**
   * Makes numbers.
   *
   * @param noise standard normal, {@code [rows, n]}
   */
  public Drawn apply(Ops tf, Operand<TFloat32> noise) {
    Shapes.require(WHERE, "the noise", noise, -1, size());
    int half = settings.half();
    Operand<TFloat32> a = columns(tf, noise, 0, half);
    Operand<TFloat32> b = columns(tf, noise, half, size() - half);
    Operand<TInt32> perRow = tf.constant(1);
    Operand<TFloat32> logDeterminant = tf.reduceSum(logScale.value(), tf.constant(0));
    for (int k = 0; k < couplings.size(); k++) {
      Coupling coupling = couplings.get(k);
      boolean even = k % 2 == 0;
      Operand<TFloat32> both =
          tf.nn.biasAdd(
              tf.linalg.matMul(coupling.hidden().apply(tf, even ? a : b), coupling.w().value()),
              coupling.b().value());
      int changed = size() - settings.read(k);
      Operand<TFloat32> s = tf.math.tanh(columns(tf, both, 0, changed));
      Operand<TFloat32> t = columns(tf, both, changed, changed);
      Operand<TFloat32> moved = tf.math.add(tf.math.mul(even ? b : a, tf.math.exp(s)), t);
      a = even ? a : moved;
      b = even ? moved : b;
      logDeterminant = tf.math.add(logDeterminant, tf.reduceSum(s, perRow));
    }
    Operand<TFloat32> values =
        tf.math.add(
            mean.value(),
            tf.math.mul(tf.math.exp(logScale.value()), tf.concat(List.of(a, b), perRow)));
    // one for each row, also where there is no coupling
    Operand<TFloat32> zeros = tf.math.mul(tf.constant(0f), tf.reduceSum(noise, perRow));
    return new Drawn(
        values, couplings.isEmpty() ? tf.math.add(logDeterminant, zeros) : logDeterminant);
  }

  /**
   * One draw's estimate of the divergence KL(q || p) of the made numbers' distribution q from
   * independent normal ones, {@code log q(y) - log p(y)}; its mean over draws is the divergence.
   *
   * @param noise that y was made of, {@code [rows, n]}
   * @param drawn what {@link #apply} made of it
   * @param mean of p, {@code [n]}
   * @param deviation of p
   * @return nats, {@code [rows]}
   */
  public static Operand<TFloat32> divergence(
      Ops tf, Operand<TFloat32> noise, Drawn drawn, Operand<TFloat32> mean, double deviation) {
    Operand<TInt32> perRow = tf.constant(1);
    Operand<TFloat32> apart =
        tf.math.mul(tf.math.sub(drawn.values(), mean), tf.constant((float) (1 / deviation)));
    // the constants log sqrt(2 pi) of both densities cancel
    Operand<TFloat32> half =
        tf.reduceSum(
            tf.math.add(
                tf.math.mul(
                    tf.constant(0.5f), tf.math.sub(tf.math.square(apart), tf.math.square(noise))),
                tf.constant((float) Math.log(deviation))),
            perRow);
    return tf.math.sub(half, drawn.logDeterminant());
  }

  /** Columns of a matrix; int32 positions, for which the gradient can be built. */
  private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> x, int from, int count) {
    return tf.slice(x, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, count}));
  }
}
