// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.nn.MixtureDensity;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Points and densities between the units of the data, which clients see, and the model's own.
 *
 * @param density of the model
 * @param scaling the units of the data
 */
record StrokesUnits(MixtureDensity density, StrokeScaling scaling) {
  /** The parameters of the density of each row, in the units of the data. */
  Map<String, Operand<TFloat32>> parameters(Ops tf, Operand<TFloat32> raw) {
    MixtureDensity.Parameters parameters = density.parameters(tf, raw);
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    Operand<TFloat32> sd = tf.constant(new float[] {scaling.sdX(), scaling.sdY()});
    Operand<TFloat32> mean = tf.constant(new float[] {scaling.meanX(), scaling.meanY()});
    outputs.put("pi", parameters.pi());
    outputs.put("mu", tf.math.add(tf.math.mul(parameters.mu(), sd), mean));
    outputs.put("sigma", tf.math.mul(parameters.sigma(), sd));
    outputs.put("rho", parameters.rho());
    outputs.put("pen", Objects.requireNonNull(parameters.pen()));
    return outputs;
  }

  /** Rows {@code dx, dy, pen} of the data in normalised units. */
  Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> rows) {
    return tf.math.div(tf.math.sub(rows, means(tf)), deviations(tf));
  }

  /** Normalised rows {@code dx, dy, pen} in the units of the data. */
  Operand<TFloat32> original(Ops tf, Operand<TFloat32> rows) {
    return tf.math.add(tf.math.mul(rows, deviations(tf)), means(tf));
  }

  private Operand<TFloat32> means(Ops tf) {
    return tf.constant(new float[] {scaling.meanX(), scaling.meanY(), 0});
  }

  private Operand<TFloat32> deviations(Ops tf) {
    return tf.constant(new float[] {scaling.sdX(), scaling.sdY(), 1});
  }
}
