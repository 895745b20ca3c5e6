// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.hypernet4j.error.UserError;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.hypernet4j.nn.MixtureSampling.Law;

/**
 * Draws a point from one row of a {@link MixtureDensity}'s raw output, by the equations of {@link
 * MixtureSampling}, in double precision. Given the same uniforms {@link MixtureDensity#draw} yields
 * the same component and the same state of the pen, and offsets that agree to float32.
 *
 * @param temperature above 0; 1 draws from the distribution itself, lower values favour what is
 *     probable
 * @param bias towards legibility, 0 or more
 * @param law what the temperature does to sigma
 */
public record MixtureDraw(float temperature, float bias, Law law) {
  /** Below this temperature the most probable is taken: the rest has underflowed. */
  static final float COLD = 1e-30f;

  /** What an infinite temperature or bias counts as in a graph. */
  static final float MOST = Float.MAX_VALUE;

  /** Random numbers for one point. */
  public static final int UNIFORMS = 4;

  /** Checks temperature and bias. */
  public MixtureDraw {
    if (!(temperature > 0) || temperature == Float.POSITIVE_INFINITY) {
      throw UserError.in("temperature")
          .what("nothing can be drawn with it")
          .expected("a finite number above 0")
          .received(temperature)
          .next("for the most probable points use a low one, 0.01 for example")
          .build();
    }
    if (!(bias >= 0) || bias == Float.POSITIVE_INFINITY) {
      throw UserError.in("bias")
          .what("nothing can be drawn with it")
          .expected("a finite number of 0 or more; 0 turns it off")
          .received(bias)
          .next("for wilder points use a temperature above 1")
          .build();
    }
  }

  /**
   * A point drawn.
   *
   * @param dx offset of the first axis
   * @param dy offset of the second axis
   * @param pen 0 down, 1 up, 2 end; 0 without a pen
   * @param component the Gaussian that it is from
   */
  public record Drawn(double dx, double dy, int pen, int component) {}

  /**
   * Draws a point.
   *
   * @param raw one row, {@code [columns]}
   * @param uniforms random numbers of [0, 1): component, pen, and two for the offset
   * @throws UserError if a raw number is not finite, or there are too many or too few numbers
   */
  public Drawn draw(Settings settings, float[] raw, double... uniforms) {
    if (raw.length != settings.columns() || uniforms.length != UNIFORMS) {
      throw UserError.in(MixtureDensity.WHERE)
          .what("wrong number of values for a point")
          .expected(settings.columns() + " raw, " + UNIFORMS + " uniforms")
          .received(raw.length + " raw, " + uniforms.length + " uniforms")
          .build();
    }
    for (float value : raw) {
      if (!Float.isFinite(value)) {
        throw UserError.in(MixtureDensity.WHERE)
            .what("the model's outputs are not finite")
            .received(value)
            .next("train again, or use an earlier checkpoint")
            .build();
      }
    }
    return draw(settings, raw, temperature, bias, law, uniforms);
  }

  /** As above, with settings as a graph takes them. */
  static Drawn draw(
      Settings settings, float[] raw, float temperature, float bias, Law law, double... uniforms) {
    boolean cold = !(temperature >= COLD);
    double tau = Math.min(temperature, MOST);
    double b = bias > 0 ? Math.min(bias, MOST) : 0;
    int first = settings.pen().columns();
    int k = settings.components();
    double[] pi = new double[k];
    for (int i = 0; i < k; i++) {
      pi[i] = raw[first + i] * (1 + b);
    }
    int component = choose(pi, cold, tau, uniforms[0]);
    int pen = settings.pen() == Pen.NONE ? 0 : pen(raw, first, cold, tau, uniforms[1]);
    int at = first + k + component; // mu1 of the component
    double mu1 = raw[at];
    double mu2 = raw[at + k];
    if (cold) {
      return new Drawn(mu1, mu2, pen, component);
    }
    double spread = Math.exp(-b) * law.factor(tau);
    double sigma1 = (Math.exp(raw[at + 2 * k]) + settings.sigmaFloor()) * spread;
    double sigma2 = (Math.exp(raw[at + 3 * k]) + settings.sigmaFloor()) * spread;
    double r = raw[at + 4 * k];
    double bound = settings.correlationBound();
    double limited = bound > 0 ? bound * Math.tanh(r / bound) : r;
    double length = Math.sqrt(-2 * Math.log(1 - uniforms[2]));
    double n1 = length * Math.cos(2 * Math.PI * uniforms[3]);
    double n2 = length * Math.sin(2 * Math.PI * uniforms[3]);
    // sqrt(1 - tanh^2) = 1 / cosh, which keeps its digits
    double across = Math.tanh(limited) * n1 + n2 / Math.cosh(limited);
    return new Drawn(mu1 + sigma1 * n1, mu2 + sigma2 * across, pen, component);
  }

  private static int pen(float[] raw, int columns, boolean cold, double temperature, double u) {
    double[] logits = columns == 1 ? new double[] {0, raw[0]} : new double[columns];
    for (int i = 0; columns > 1 && i < columns; i++) {
      logits[i] = raw[i];
    }
    return choose(logits, cold, temperature, u);
  }

  /** Inverts the cumulative distribution of {@code softmax(logits / temperature)}. */
  private static int choose(double[] logits, boolean cold, double temperature, double u) {
    int largest = 0;
    for (int i = 1; i < logits.length; i++) {
      largest = logits[i] > logits[largest] ? i : largest;
    }
    if (cold) {
      return largest;
    }
    double[] sums = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      sum += Math.exp((logits[i] - logits[largest]) / temperature);
      sums[i] = sum;
    }
    int at = 0;
    while (at < sums.length - 1 && sums[at] <= u * sum) {
      at++;
    }
    return at;
  }
}
