// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.hypernet4j.nn.Dense;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A dense net with one hidden layer of ReLUs, whose first kernel is generated or trained directly:
 * the net with which the paper (appendix A.1) shows the strengths and limits of generators that see
 * only coordinates.
 *
 * <p>Parameters: {@code hidden/bias}, {@code dense/kernel}, {@code dense/bias}, and either {@code
 * hidden/kernel} or those of the generator. The first kernel is {@code [1, 1, pixels, hidden]}, a
 * dense kernel in the order of generators.
 */
public final class DenseClassifier implements ImageClassifier {
  private static final String HIDDEN = "hidden";

  private final Settings settings;
  private final KernelSource source;
  private final Operand<TFloat32> kernel1;
  private final Operand<TFloat32> pictures;
  private final Operand<TFloat32> bias1;
  private final Operand<TFloat32> kernel2;
  private final Operand<TFloat32> bias2;

  /**
   * Sizes.
   *
   * @param hidden units of the hidden layer
   * @param classes number of classes, 2 or more
   * @param imageSize height and width of an image
   */
  public record Settings(int hidden, int classes, int imageSize) {
    /** Checks the sizes. */
    public Settings {
      Sizes.require("dense classifier", "hidden", hidden, 1);
      Sizes.require("dense classifier", "classes", classes, 2);
      Sizes.require("dense classifier", "imageSize", imageSize, 1);
      Sizes.requireInt(
          "dense classifier", "imageSize", imageSize, "pixels", (long) imageSize * imageSize);
    }
  }

  /**
   * Creates the parameters.
   *
   * @param source of the first kernel
   */
  public DenseClassifier(ParameterScope scope, Settings settings, KernelSource source) {
    this.settings = settings;
    this.source = source;
    KernelShape shape = KernelShape.dense(pixels(), settings.hidden());
    kernel1 = Objects.requireNonNull(source.build(scope, Map.of(HIDDEN, shape)).get(HIDDEN));
    long square = Math.round(Math.sqrt(settings.hidden()));
    long rows = square * square == settings.hidden() ? square : 1;
    pictures =
        scope
            .tf()
            .reshape(
                kernel1,
                scope
                    .tf()
                    .constant(
                        new long[] {
                          settings.imageSize(), settings.imageSize(), rows, settings.hidden() / rows
                        }));
    bias1 =
        scope
            .child(HIDDEN)
            .value("bias", Shape.of(settings.hidden()), Initializers.zeros(), Role.BIAS);
    ParameterScope dense = scope.child("dense");
    kernel2 =
        dense
            .regularisedParameter(
                "kernel",
                Shape.of(settings.hidden(), settings.classes()),
                Initializers.glorotUniform(),
                Role.KERNEL)
            .value();
    bias2 = dense.value("bias", Shape.of(settings.classes()), Initializers.zeros(), Role.BIAS);
  }

  private int pixels() {
    return settings.imageSize() * settings.imageSize();
  }

  @Override
  public Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images) {
    Shapes.require(
        "dense classifier", "images", images, -1, settings.imageSize(), settings.imageSize(), 1);
    Ops first = tf.withSubScope(HIDDEN);
    Operand<TFloat32> flat = first.reshape(images, first.constant(new long[] {-1, pixels()}));
    Operand<TFloat32> matrix =
        first.reshape(kernel1, first.constant(new long[] {pixels(), settings.hidden()}));
    Operand<TFloat32> x = first.nn.relu(Dense.apply(first, flat, matrix, bias1));
    return Dense.apply(tf.withSubScope("dense"), x, kernel2, bias2);
  }

  @Override
  public long[] imageShape() {
    return new long[] {settings.imageSize(), settings.imageSize(), 1};
  }

  @Override
  public int classes() {
    return settings.classes();
  }

  @Override
  public Map<String, Operand<TFloat32>> generatedKernels() {
    return PlainKernels.generated(source, Map.of(HIDDEN, kernel1));
  }

  /** Each hidden unit's weights as an image, the units in a square where they fill one (Fig 8). */
  @Override
  public Map<String, Operand<TFloat32>> kernels() {
    return Map.of(HIDDEN, pictures);
  }
}
