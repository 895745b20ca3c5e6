// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.jspecify.annotations.Nullable;

/** Layers and tiling one number at a time, in double: what generators are compared with. */
final class PlainMaths {
  private PlainMaths() {}

  /** {@code x w + b}: x [rows, in], w [in, out], b [out] or nothing; row-major. */
  static double[] affine(double[] x, double[] w, double @Nullable [] b, int in, int out) {
    int rows = x.length / in;
    double[] y = new double[rows * out];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        double sum = b == null ? 0 : b[o];
        for (int i = 0; i < in; i++) {
          sum += x[r * in + i] * w[i * out + o];
        }
        y[r * out + o] = sum;
      }
    }
    return y;
  }

  static double[] relu(double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(0, y[i]);
    }
    return y;
  }

  /** Equation 3: the weight at (in, out) lies in block (in / basic.in, out / basic.out). */
  static double[] tile(double[] basics, KernelShape basic, KernelShape shape) {
    double[] kernel = new double[(int) shape.size()];
    int columns = shape.out() / basic.out();
    int window = shape.height() * shape.width();
    for (int place = 0; place < window; place++) {
      for (int in = 0; in < shape.in(); in++) {
        for (int out = 0; out < shape.out(); out++) {
          int block = in / basic.in() * columns + out / basic.out();
          int from =
              ((block * window + place) * basic.in() + in % basic.in()) * basic.out()
                  + out % basic.out();
          kernel[(place * shape.in() + in) * shape.out() + out] = basics[from];
        }
      }
    }
    return kernel;
  }
}
