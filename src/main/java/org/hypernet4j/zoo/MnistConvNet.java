// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.nn.Dense;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The ConvNet of the paper's first experiment (sections 4.1 and A.3.1), whose second kernel is
 * generated or trained directly.
 *
 * <pre>
 * image [28, 28, 1] -&gt; conv 7x7, 16 -&gt; ReLU -&gt; max-pool 2
 *                   -&gt; conv 7x7, 16 (kernel 2) -&gt; ReLU -&gt; max-pool 2 -&gt; dense 10
 * </pre>
 *
 * <p>Parameters: {@code conv1/kernel}, {@code conv1/bias}, {@code conv2/bias}, {@code
 * dense/kernel}, {@code dense/bias}, and either {@code conv2/kernel} or {@code generator/...} with
 * {@code embeddings/conv2/z}. Initial values are those of the authors' notebook: the first kernel a
 * truncated normal of 0.01, the dense kernel orthogonal, biases zero.
 */
public final class MnistConvNet implements ImageClassifier {
  private static final String CONV2 = "conv2";

  private final Settings settings;
  private final KernelSource source;
  private final Parameter kernel1;
  private final Operand<TFloat32> bias1;
  private final Operand<TFloat32> kernel2;
  private final Operand<TFloat32> bias2;
  private final Operand<TFloat32> denseKernel;
  private final Operand<TFloat32> denseBias;

  /**
   * Sizes.
   *
   * @param filters output channels of each convolution
   * @param kernelSize height and width of each kernel
   * @param classes number of classes, 2 or more
   * @param imageSize height and width of an image, halved twice: 4 or more
   */
  public record Settings(int filters, int kernelSize, int classes, int imageSize) {
    /** The sizes of the paper: 16 filters of 7x7, ten classes, images of 28x28. */
    public static final Settings PAPER = new Settings(16, 7, 10, 28);

    /** Checks the sizes. */
    public Settings {
      Sizes.require("MNIST network", "filters", filters, 1);
      Sizes.require("MNIST network", "kernelSize", kernelSize, 1);
      Sizes.require("MNIST network", "classes", classes, 2);
      Sizes.require("MNIST network", "imageSize", imageSize, 4);
    }

    /** The shape of the second kernel. */
    public KernelShape kernel2() {
      return KernelShape.square(kernelSize, filters, filters);
    }
  }

  /**
   * Creates the parameters.
   *
   * @param source of the second kernel, {@code conv2}: a generator, plain kernels, or {@link
   *     org.hypernet4j.hyper.GivenKernels} for one from elsewhere
   */
  public MnistConvNet(ParameterScope scope, Settings settings, KernelSource source) {
    this.settings = settings;
    this.source = source;
    kernel2 =
        Objects.requireNonNull(source.build(scope, Map.of(CONV2, settings.kernel2())).get(CONV2));
    int f = settings.kernelSize();
    int filters = settings.filters();
    ParameterScope conv1 = scope.child("conv1");
    kernel1 =
        conv1.regularisedParameter(
            "kernel",
            KernelShape.square(f, 1, filters).toShape(),
            Initializers.truncatedNormal(0f, 0.01f),
            Role.KERNEL);
    bias1 = conv1.value("bias", Shape.of(filters), Initializers.zeros(), Role.BIAS);
    bias2 = scope.child(CONV2).value("bias", Shape.of(filters), Initializers.zeros(), Role.BIAS);
    ParameterScope dense = scope.child("dense");
    denseKernel =
        dense.value(
            "kernel",
            Shape.of(flatSize(), settings.classes()),
            Initializers.orthogonal(1f),
            Role.KERNEL);
    denseBias = dense.value("bias", Shape.of(settings.classes()), Initializers.zeros(), Role.BIAS);
  }

  @Override
  public Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images) {
    Shapes.require(
        "MNIST network", "images", images, -1, settings.imageSize(), settings.imageSize(), 1);
    // ReLU after pooling, not before: both keep order, so the result is the same, and only a
    // quarter of the values is left.
    Ops first = tf.withSubScope("conv1");
    Operand<TFloat32> x =
        first.nn.relu(
            Conv2d.maxPool2(first, Conv2d.apply(first, images, kernel1.value(), bias1, 1)));
    Ops second = tf.withSubScope(CONV2);
    x = second.nn.relu(Conv2d.maxPool2(second, Conv2d.apply(second, x, kernel2, bias2, 1)));
    Ops last = tf.withSubScope("dense");
    Operand<TFloat32> flat = last.reshape(x, last.constant(new long[] {-1, flatSize()}));
    return Dense.apply(last, flat, denseKernel, denseBias);
  }

  private long flatSize() {
    long side = settings.imageSize() / 2 / 2;
    return side * side * settings.filters();
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
    return PlainKernels.generated(source, Map.of(CONV2, kernel2));
  }

  @Override
  public Map<String, Operand<TFloat32>> kernels() {
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    kernels.put("conv1", kernel1.value());
    kernels.put(CONV2, kernel2);
    return kernels;
  }
}
