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
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
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
  static final InitializerSpec PLAIN_KERNEL = new InitializerSpec.TruncatedNormal(0, 0.01);

  private static final String SECOND = "conv2";

  private final MnistConvNetSpec spec;
  private final KernelSource source;
  private final Parameter kernel1;
  private final Operand<TFloat32> bias1;
  private final Operand<TFloat32> kernel2;
  private final Operand<TFloat32> bias2;
  private final Operand<TFloat32> denseKernel;
  private final Operand<TFloat32> denseBias;

  /** Makes the parameters. */
  public MnistConvNet(ParameterScope scope, MnistConvNetSpec spec) {
    this(scope, spec, SpecKernels.source(spec.kernel2(), kernelTable(spec)));
  }

  /**
   * The network around a second kernel from elsewhere: a generator of your own, or {@link
   * org.hypernet4j.hyper.GivenKernels}. What the specification says of that kernel does not count.
   *
   * @param source of the kernel {@code conv2}, {@code [f, f, filters, filters]}
   */
  public MnistConvNet(ParameterScope scope, MnistConvNetSpec spec, KernelSource source) {
    this.spec = spec;
    this.source = source;
    kernel2 = Objects.requireNonNull(source.build(scope, kernelTable(spec)).get(SECOND));
    int f = spec.kernelSize();
    int filters = spec.filters();
    ParameterScope conv1 = scope.child("conv1");
    kernel1 =
        conv1.regularisedParameter(
            "kernel",
            KernelShape.square(f, 1, filters).toShape(),
            Initializers.truncatedNormal(0f, 0.01f),
            Role.KERNEL);
    bias1 = conv1.value("bias", Shape.of(filters), Initializers.zeros(), Role.BIAS);
    bias2 = scope.child(SECOND).value("bias", Shape.of(filters), Initializers.zeros(), Role.BIAS);
    ParameterScope dense = scope.child("dense");
    denseKernel =
        dense.value(
            "kernel",
            Shape.of(flatSize(), spec.classes()),
            Initializers.orthogonal(1f),
            Role.KERNEL);
    denseBias = dense.value("bias", Shape.of(spec.classes()), Initializers.zeros(), Role.BIAS);
  }

  private static Map<String, KernelShape> kernelTable(MnistConvNetSpec spec) {
    return Map.of(SECOND, KernelShape.square(spec.kernelSize(), spec.filters(), spec.filters()));
  }

  @Override
  public Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images) {
    Shapes.require("MNIST network", "images", images, -1, spec.imageSize(), spec.imageSize(), 1);
    // ReLU after pooling, not before: both keep order, so the result is the same, and there is a
    // quarter of the numbers left.
    Ops first = tf.withSubScope("conv1");
    Operand<TFloat32> x =
        first.nn.relu(
            Conv2d.maxPool2(first, Conv2d.apply(first, images, kernel1.value(), bias1, 1)));
    Ops second = tf.withSubScope(SECOND);
    x = second.nn.relu(Conv2d.maxPool2(second, Conv2d.apply(second, x, kernel2, bias2, 1)));
    Ops last = tf.withSubScope("dense");
    Operand<TFloat32> flat = last.reshape(x, last.constant(new long[] {-1, flatSize()}));
    return Dense.apply(last, flat, denseKernel, denseBias);
  }

  private long flatSize() {
    long side = spec.imageSize() / 2 / 2;
    return side * side * spec.filters();
  }

  @Override
  public long[] imageShape() {
    return new long[] {spec.imageSize(), spec.imageSize(), 1};
  }

  @Override
  public int classes() {
    return spec.classes();
  }

  @Override
  public Map<String, Operand<TFloat32>> generatedKernels() {
    return SpecKernels.generated(source, Map.of(SECOND, kernel2));
  }

  @Override
  public Map<String, Operand<TFloat32>> kernels() {
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    kernels.put("conv1", kernel1.value());
    kernels.put(SECOND, kernel2);
    return kernels;
  }
}
