// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A hypernetwork of heads for a network with one hidden layer, in plain Java and double. */
public final class PlainHeads {
  private final Map<String, double[]> parameters = new LinkedHashMap<>();
  private final int hidden;
  private final int outputs;

  /**
   * Takes the parameters of a model whose generator has one ReLU layer.
   *
   * @param values by name
   * @param hidden units of the network's hidden layer
   * @param outputs of the network
   */
  public PlainHeads(Map<String, float[]> values, int hidden, int outputs) {
    values.forEach(
        (name, array) -> {
          double[] copy = new double[array.length];
          for (int i = 0; i < copy.length; i++) {
            copy[i] = array[i];
          }
          parameters.put(name, copy);
        });
    this.hidden = hidden;
    this.outputs = outputs;
  }

  /** A parameter's entries, which may be changed. */
  public double[] parameter(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  /** {@code x W + b}, W row-major. */
  private static double[] affine(double[] x, double[] w, double[] b) {
    double[] y = b.clone();
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += x[i] * w[i * y.length + j];
      }
    }
    return y;
  }

  private static double[] relu(double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(0, y[i]);
    }
    return y;
  }

  /** A weight for a condition: {@code ReLU(c W + b) H + B}. */
  public double[] weight(String name, double... condition) {
    double[] h =
        relu(affine(condition, parameter("generator/hidden0/W"), parameter("generator/hidden0/b")));
    return affine(h, parameter("generator/" + name + "/H"), parameter("generator/" + name + "/B"));
  }

  /** The network of a condition with one image. */
  public double[] scores(float[] image, double... condition) {
    double[] x = new double[image.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = image[i];
    }
    double[] h =
        relu(affine(x, weight("dense0/kernel", condition), weight("dense0/bias", condition)));
    if (h.length != hidden) {
      throw new IllegalStateException("hidden units: " + h.length);
    }
    double[] y = affine(h, weight("dense1/kernel", condition), weight("dense1/bias", condition));
    if (y.length != outputs) {
      throw new IllegalStateException("outputs: " + y.length);
    }
    return y;
  }

  /** Half the sum of squares of both kernels. */
  public double halfSquares(double... condition) {
    double sum = 0;
    for (String name : new String[] {"dense0/kernel", "dense1/kernel"}) {
      for (double w : weight(name, condition)) {
        sum += w * w / 2;
      }
    }
    return sum;
  }

  /** Cross entropy of one label among ten scores. */
  public static double crossEntropy(double[] scores, int from, int label) {
    double sum = 0;
    for (int c = 0; c < 10; c++) {
      sum += Math.exp(scores[from + c] - scores[from + label]);
    }
    return Math.log(sum);
  }
}
