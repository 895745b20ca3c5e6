// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.fixtures.PlainLayers;
import org.hypernet4j.fixtures.PlainLayers.Images;

/** The Wide ResNet in plain double arithmetic, from its equations. */
final class PlainWideResNet {
  // published means and deviations of the training images' channels
  private static final double[] MEAN = {0.4914, 0.4822, 0.4465};
  private static final double[] STD = {0.2470, 0.2435, 0.2616};

  private final int blocks;
  private final Map<String, double[]> parameters;
  private final boolean training;

  /** Inputs of all batch normalisations of the last call, in network order. */
  final List<Images> normalised = new ArrayList<>();

  /**
   * Sets up.
   *
   * @param parameters by full name, generated kernels like others
   * @param training whether batch statistics are used
   */
  PlainWideResNet(int blocks, Map<String, double[]> parameters, boolean training) {
    this.blocks = blocks;
    this.parameters = parameters;
    this.training = training;
  }

  private double[] get(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  /** The logits, {@code [n, classes]}. */
  double[] logits(Images images) {
    normalised.clear();
    double[] scaled = new double[images.values().length];
    for (int k = 0; k < scaled.length; k++) {
      scaled[k] = (images.values()[k] - MEAN[k % 3]) / STD[k % 3];
    }
    Images x = new Images(scaled, images.n(), images.h(), images.w(), 3);
    x = PlainLayers.conv(x, get("conv1/kernel"), get("conv1/bias"), 3, 1);
    x = activate("conv1/bn", x);
    for (String group : List.of("conv2", "conv3", "conv4")) {
      for (int b = 0; b < blocks; b++) {
        x = block(group + "/block" + b, b == 0 && !group.equals("conv2") ? 2 : 1, x);
      }
    }
    x = activate("last/bn", x);
    Images pooled = PlainLayers.averagePool(x, x.h());
    double[] bias = get("dense/bias");
    return PlainLayers.conv(pooled, get("dense/kernel"), bias, 1, 1).values();
  }

  private Images block(String name, int stride, Images in) {
    Images x = activate(name + "/bn1", in);
    x = PlainLayers.conv(x, get(name + "/conv1/kernel"), get(name + "/conv1/bias"), 3, stride);
    x = activate(name + "/bn2", x);
    x = PlainLayers.conv(x, get(name + "/conv2/kernel"), get(name + "/conv2/bias"), 3, 1);
    return PlainLayers.add(x, stride == 1 ? in : PlainLayers.averagePool(in, 2));
  }

  private Images activate(String name, Images x) {
    normalised.add(x);
    double[] gamma = get(name + "/gamma");
    double[] beta = get(name + "/beta");
    return PlainLayers.relu(
        training
            ? PlainLayers.batchNorm(x, gamma, beta)
            : PlainLayers.normalise(
                x, gamma, beta, get(name + "/moving_mean"), get(name + "/moving_variance")));
  }

  /** Mean cross entropy in nats. */
  double loss(Images images, int[] labels) {
    double[] logits = logits(images);
    int classes = logits.length / labels.length;
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits[i * classes + c]);
      }
      loss += (Math.log(sum) - logits[i * classes + labels[i]]) / labels.length;
    }
    return loss;
  }
}
