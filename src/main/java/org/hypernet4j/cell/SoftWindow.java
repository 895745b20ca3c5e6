// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The window of a {@link SoftWindowCell}: a mixture of K bell curves over the positions of a text,
 * which moves forwards only.
 */
final class SoftWindow {
  private final SoftWindowSettings settings;
  private final Parameter kernel;
  private final Parameter bias;
  private final Weight ofInput;
  private final Weight ofWindow;
  private final Weight ofLayer;

  /**
   * A step's window.
   *
   * @param alpha {@code [batch, K]}, as beta and kappa
   * @param w {@code [batch, C]}
   */
  record Read(
      Operand<TFloat32> alpha,
      Operand<TFloat32> beta,
      Operand<TFloat32> kappa,
      Operand<TFloat32> w) {}

  /**
   * Creates {@code kernel} and {@code bias}, columns alpha, beta, step.
   *
   * @param inputSize size of x
   * @param units output size of the first layer
   */
  SoftWindow(ParameterScope scope, SoftWindowSettings settings, int inputSize, int units) {
    this.settings = settings;
    int k = settings.components();
    int from = settings.windowReadsInput() ? inputSize + settings.characters() : 0;
    kernel =
        scope.regularisedParameter(
            "kernel", Shape.of(from + units, 3L * k), Initializers.glorotUniform(), Role.KERNEL);
    float[] start = new float[3 * k];
    Arrays.fill(start, 2 * k, 3 * k, settings.stepBias());
    bias =
        scope.parameter(
            "bias", Shape.of(start.length), (tf, shape, seed) -> tf.constant(start), Role.BIAS);
    ofInput = Weight.block(kernel, 0, 0, inputSize);
    ofWindow = Weight.block(kernel, 0, inputSize, from);
    ofLayer =
        settings.windowReadsInput()
            ? Weight.block(kernel, 0, from, from + units)
            : Weight.of(kernel);
  }

  /** What the window takes from the input ahead of a loop: a part {@code window}, or none. */
  List<StatePart> projectionParts() {
    return settings.windowReadsInput()
        ? List.of(new StatePart("window", 3 * settings.components()))
        : List.of();
  }

  List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return settings.windowReadsInput()
        ? List.of(Precision.of(tf).matMul(tf, x, values.of(ofInput)))
        : List.of();
  }

  List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return settings.windowReadsInput()
        ? List.of(tf.gather(values.of(ofInput), ids, tf.constant(0)))
        : List.of();
  }

  /**
   * Moves the window and reads the text through it.
   *
   * @param projected a tensor for each of {@link #projectionParts}
   * @param h the first layer's output, {@code [batch, units]}
   * @param before the state before the step
   */
  Read read(
      Ops tf,
      CellValues values,
      BoundText text,
      List<Operand<TFloat32>> projected,
      Operand<TFloat32> h,
      SoftWindowState before) {
    Operand<TFloat32> sum = values.product(tf, h, ofLayer);
    if (settings.windowReadsInput()) {
      sum =
          tf.math.add(tf.math.add(projected.get(0), values.product(tf, before.w(), ofWindow)), sum);
    }
    sum = values.shifted(tf, sum, bias);
    Operand<TFloat32> positive =
        settings.positive() == SoftWindowSettings.Positive.EXP
            ? tf.math.exp(sum)
            : tf.math.softplus(sum);
    List<Output<TFloat32>> parts = tf.split(tf.constant(1), positive, 3L).output();
    Operand<TFloat32> alpha = parts.get(0);
    Operand<TFloat32> beta =
        settings.betaFloor() > 0
            ? tf.math.maximum(parts.get(1), tf.constant(settings.betaFloor()))
            : parts.get(1);
    Operand<TFloat32> step =
        settings.stepScale() == 1f
            ? parts.get(2)
            : tf.math.mul(parts.get(2), tf.constant(settings.stepScale()));
    Operand<TFloat32> kappa = tf.math.add(before.kappa(), step);

    Operand<TFloat32> vectors = text.vectors(tf, values);
    Operand<TFloat32> curves = tf.math.exp(exponents(tf, beta, kappa, positions(tf, vectors, 0)));
    Operand<TFloat32> phi = product(tf, tf.expandDims(alpha, tf.constant(1)), curves); // [B, 1, U]
    Operand<TFloat32> w =
        tf.reshape(
            product(tf, phi, vectors),
            tf.constant(new int[] {(int) CellShapes.rows(List.of(h)), settings.characters()}));
    return new Read(alpha, beta, kappa, w);
  }

  /**
   * The logarithm of phi at each character and behind the last.
   *
   * @param state may have more axes in front
   * @return {@code [batch, U + 1]}
   */
  Operand<TFloat32> logPhi(Ops tf, CellValues values, BoundText text, SoftWindowState state) {
    Operand<TFloat32> exponents =
        tf.math.add(
            tf.expandDims(tf.math.log(state.alpha()), tf.constant(-1)),
            exponents(
                tf,
                state.beta(),
                state.kappa(),
                positions(tf, text.vectors(tf, values), 1))); // [batch, K, U + 1]
    // a window far from the text has a phi of 0 everywhere, yet one that is larger than another
    Operand<TFloat32> most =
        tf.math.maximum(
            tf.max(exponents, tf.constant(-2), Max.keepDims(true)), tf.constant(-Float.MAX_VALUE));
    Operand<TFloat32> sum =
        tf.reduceSum(tf.math.exp(tf.math.sub(exponents, most)), tf.constant(-2));
    return tf.math.add(tf.math.log(sum), tf.squeeze(most, Squeeze.axis(List.of(-2L))));
  }

  /** {@code -beta (kappa - u)^2} or {@code -(kappa - u)^2 / beta}: {@code [batch, K, U]}. */
  private Operand<TFloat32> exponents(
      Ops tf, Operand<TFloat32> beta, Operand<TFloat32> kappa, Operand<TFloat32> u) {
    Operand<TInt32> last = tf.constant(-1);
    Operand<TFloat32> squares = tf.math.square(tf.math.sub(tf.expandDims(kappa, last), u));
    Operand<TFloat32> of = tf.expandDims(beta, last);
    return tf.math.neg(
        settings.betaDivides() ? tf.math.div(squares, of) : tf.math.mul(squares, of));
  }

  /** The positions of the characters, {@code [U + behind]}. */
  private Operand<TFloat32> positions(Ops tf, Operand<TFloat32> vectors, int behind) {
    Operand<TInt32> end =
        tf.math.add(
            tf.squeeze(BoundText.size(tf, vectors, 1)),
            tf.constant(settings.firstPosition() + behind));
    return tf.dtypes.cast(
        tf.range(tf.constant(settings.firstPosition()), end, tf.constant(1)), TFloat32.class);
  }

  /** A product for each row. The newer op would repeat one text for a whole batch. */
  private static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> left, Operand<TFloat32> right) {
    return tf.scope()
        .opBuilder("BatchMatMul", "WindowProduct")
        .addInput(left.asOutput())
        .addInput(right.asOutput())
        .build()
        .output(0);
  }
}
