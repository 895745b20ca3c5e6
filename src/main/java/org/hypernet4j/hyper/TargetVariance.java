// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;

/**
 * The initial variance of <em>generated</em> weights, chosen so that signals keep their scale
 * through the network that uses them.
 *
 * <p>Usual initialisers give a generator's own weights a variance by the generator's own sizes; the
 * generated weights then have whatever variance follows, and the signals of a deep network explode
 * or vanish. Chang, Flokas and Lipson ("Principled Weight Initialization for Hypernetworks", ICLR
 * 2020) reverse the calculation. With the last layer of the generator linear, {@code K = H h + B},
 * {@code h} of d numbers with the second moment m, entries of H independent and B zero,
 *
 * <pre>
 * Var K = d m Var H      so      Var H = Var K / (d m)
 * </pre>
 *
 * <p>and Var K is what the network requires: {@code 2 / fan_in} after a ReLU for hyperfan-in,
 * {@code 2 / fan_out} for hyperfan-out (He et al. 2015), {@code 2 / (fan_in + fan_out)} for the
 * form of Glorot and Bengio (2010). Fans are those of the kernel in its network, {@code height
 * width in} and {@code height width out}, not of the generator.
 */
public enum TargetVariance {
  /** {@code 2 / fan_in}: keeps the scale of activations after ReLUs; hyperfan-in. */
  KAIMING_IN,
  /** {@code 2 / fan_out}: keeps the scale of gradients after ReLUs; hyperfan-out. */
  KAIMING_OUT,
  /** {@code 2 / (fan_in + fan_out)}: between the two, for activations linear near zero. */
  XAVIER;

  /** The variance of a weight of such a kernel. */
  public double of(KernelShape kernel) {
    double window = (double) kernel.height() * kernel.width();
    return switch (this) {
      case KAIMING_IN -> 2 / (window * kernel.in());
      case KAIMING_OUT -> 2 / (window * kernel.out());
      case XAVIER -> 2 / (window * ((double) kernel.in() + kernel.out()));
    };
  }

  /**
   * The initialiser of H.
   *
   * @param variance Var K
   * @param inputs d, the length of h
   * @param moment m, the mean of an entry of h squared
   */
  public static Initializer lastLayer(double variance, int inputs, double moment) {
    return Initializers.normal(0f, (float) Math.sqrt(variance / (inputs * moment)));
  }
}
