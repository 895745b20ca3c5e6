// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * How points are drawn from a {@link MixtureDensity} in a graph, each row with settings of its own.
 * No row fails: a server may have combined the requests of several users in one batch. {@link
 * MixtureDraw} is the same in plain Java, and refuses settings that make no sense.
 *
 * <p>With temperature {@code tau} and bias {@code b} a point is drawn from
 *
 * <pre>{@code
 * weight = softmax(pi (1 + b) / tau)     P(pen) = softmax(pen / tau) or sigmoid(pen / tau)
 * sigma  = exp(s' - b) sqrt(tau)         by Law.VARIANCE
 * sigma  = exp(s' - b) tau               by Law.SIGMA
 * x = mu1 + sigma1 n1                    y = mu2 + sigma2 (rho n1 + sqrt(1 - rho^2) n2)
 * }</pre>
 *
 * <p>and where tau is 0, negative or NaN it is the mean of the component with the largest weight,
 * with the most probable state of the pen; of equal ones the first. An infinite temperature or bias
 * counts as the largest finite number: such a bias leaves the mean of that component.
 *
 * @param temperature {@code [rows]}; 1 draws from the distribution itself
 * @param bias towards legibility (Graves, section 5.4), {@code [rows]}; negative values and NaN
 *     count as 0. It leaves the pen alone
 * @param uniforms random numbers of [0, 1), {@code [rows, 4]}: the first chooses the component, the
 *     second the pen's state, the other two make n1 and n2 (Box and Muller)
 * @param law what the temperature does to sigma
 */
public record MixtureSampling(
    Operand<TFloat32> temperature, Operand<TFloat32> bias, Operand<TFloat64> uniforms, Law law) {

  /** What the temperature does to sigma. */
  public enum Law {
    /** The variance is multiplied by tau, as the sketch-rnn paper has it. */
    VARIANCE,
    /** Sigma is multiplied by tau, as magenta's code has it: the variance by its square. */
    SIGMA;

    /** The factor of sigma. */
    double factor(double temperature) {
      return this == VARIANCE ? Math.sqrt(temperature) : temperature;
    }
  }

  /**
   * Points drawn.
   *
   * @param offset {@code [rows, 2]}
   * @param pen 0 down, 1 up, 2 end, {@code [rows]}; zeros without a pen
   * @param component the Gaussian that each is from, {@code [rows]}
   */
  public record Point(Operand<TFloat32> offset, Operand<TInt32> pen, Operand<TInt32> component) {}
}
