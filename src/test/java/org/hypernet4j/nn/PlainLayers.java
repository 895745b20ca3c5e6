// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

/** Layers of image networks in plain double arithmetic, loop by loop from their definitions. */
public final class PlainLayers {
  private PlainLayers() {}

  /**
   * Images.
   *
   * @param values {@code [n, h, w, c]}, row-major
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Images(double[] values, int n, int h, int w, int c) {
    /** All zeros. */
    public static Images zeros(int n, int h, int w, int c) {
      return new Images(new double[n * h * w * c], n, h, w, c);
    }

    /** The value of one channel of one pixel; 0 outside the image. */
    double at(int image, int y, int x, int channel) {
      return y < 0 || y >= h || x < 0 || x >= w
          ? 0
          : values[((image * h + y) * w + x) * c + channel];
    }

    void put(int image, int y, int x, int channel, double value) {
      values[((image * h + y) * w + x) * c + channel] = value;
    }
  }

  /** One value of the result of a layer. */
  private interface Cell {
    double at(int image, int y, int x, int channel);
  }

  private static Images each(int n, int h, int w, int c, Cell cell) {
    Images result = Images.zeros(n, h, w, c);
    for (int i = 0; i < n; i++) {
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          for (int channel = 0; channel < c; channel++) {
            result.put(i, y, x, channel, cell.at(i, y, x, channel));
          }
        }
      }
    }
    return result;
  }

  /**
   * Convolution with TensorFlow's SAME padding: with stride 2 and an even size a 3x3 window begins
   * at the pixel itself, not before it.
   *
   * @param kernel {@code [f, f, in, out]}
   */
  public static Images conv(Images in, double[] kernel, double[] bias, int f, int stride) {
    int h = (in.h() + stride - 1) / stride;
    int w = (in.w() + stride - 1) / stride;
    int before = Math.max(0, (h - 1) * stride + f - in.h()) / 2;
    int out = bias.length;
    return each(
        in.n(),
        h,
        w,
        out,
        (i, y, x, o) -> {
          double sum = bias[o];
          for (int a = 0; a < f; a++) {
            for (int b = 0; b < f; b++) {
              for (int c = 0; c < in.c(); c++) {
                sum +=
                    in.at(i, y * stride + a - before, x * stride + b - before, c)
                        * kernel[((a * f + b) * in.c() + c) * out + o];
              }
            }
          }
          return sum;
        });
  }

  /** Mean of each channel over all pixels of the batch. */
  public static double[] means(Images in) {
    double[] means = new double[in.c()];
    double pixels = in.n() * in.h() * in.w();
    for (int k = 0; k < in.values().length; k++) {
      means[k % in.c()] += in.values()[k] / pixels;
    }
    return means;
  }

  /** Biased variance of each channel over all pixels of the batch. */
  public static double[] variances(Images in) {
    double[] means = means(in);
    double[] variances = new double[in.c()];
    double pixels = in.n() * in.h() * in.w();
    for (int k = 0; k < in.values().length; k++) {
      double d = in.values()[k] - means[k % in.c()];
      variances[k % in.c()] += d * d / pixels;
    }
    return variances;
  }

  /** {@code gamma (x - mean) / sqrt(variance + 1e-5) + beta}. */
  public static Images normalise(
      Images in, double[] gamma, double[] beta, double[] mean, double[] variance) {
    return each(
        in.n(),
        in.h(),
        in.w(),
        in.c(),
        (i, y, x, c) ->
            gamma[c] * (in.at(i, y, x, c) - mean[c]) / Math.sqrt(variance[c] + 1e-5) + beta[c]);
  }

  /** The same with the statistics of the batch. */
  public static Images batchNorm(Images in, double[] gamma, double[] beta) {
    return normalise(in, gamma, beta, means(in), variances(in));
  }

  /** {@code max(x, 0)}. */
  public static Images relu(Images in) {
    return each(in.n(), in.h(), in.w(), in.c(), (i, y, x, c) -> Math.max(0, in.at(i, y, x, c)));
  }

  /** Means of blocks of {@code side x side} pixels. */
  public static Images averagePool(Images in, int side) {
    return each(
        in.n(),
        in.h() / side,
        in.w() / side,
        in.c(),
        (i, y, x, c) -> {
          double sum = 0;
          for (int a = 0; a < side; a++) {
            for (int b = 0; b < side; b++) {
              sum += in.at(i, y * side + a, x * side + b, c);
            }
          }
          return sum / (side * side);
        });
  }

  /** Adds images to images that may have fewer channels; the missing ones count as zeros. */
  public static Images add(Images more, Images fewer) {
    return each(
        more.n(),
        more.h(),
        more.w(),
        more.c(),
        (i, y, x, c) -> more.at(i, y, x, c) + (c < fewer.c() ? fewer.at(i, y, x, c) : 0));
  }
}
