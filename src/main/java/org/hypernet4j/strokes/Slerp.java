// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import org.hypernet4j.random.StatelessRandom;

/** Latent codes: at random, and between two on the arc of a circle (sketch-rnn's notebook). */
final class Slerp {
  private Slerp() {}

  /**
   * The code a share of the way from one to another: {@code sin((1 - t) w) / sin(w) a + sin(t w) /
   * sin(w) b}, w the angle between them; on the line between them if they point the same way.
   */
  static float[] between(float[] a, float[] b, double share) {
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int i = 0; i < a.length; i++) {
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
      ab += (double) a[i] * b[i];
    }
    double cosine = Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
    double angle = Math.acos(cosine);
    double sine = Math.sin(angle);
    boolean line = !(sine > 1e-6); // NaN, too: a code of zeros has no angle
    double ofA = line ? 1 - share : Math.sin((1 - share) * angle) / sine;
    double ofB = line ? share : Math.sin(share * angle) / sine;
    float[] code = new float[a.length];
    for (int i = 0; i < code.length; i++) {
      code[i] = (float) (ofA * a[i] + ofB * b[i]);
    }
    return code;
  }

  /** Numbers of the standard normal law (Box-Muller). */
  static float[] normal(StatelessRandom random, int size) {
    float[] code = new float[size];
    for (int i = 0; i < size; i++) {
      double radius = Math.sqrt(-2 * Math.log1p(-random.uniform(2L * i)));
      code[i] = (float) (radius * Math.cos(2 * Math.PI * random.uniform(2L * i + 1)));
    }
    return code;
  }
}
