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
import org.hypernet4j.spec.DenseClassifierSpec;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A dense net with one hidden layer of ReLUs, whose first kernel is generated or trained directly:
 * the net with which the paper (appendix A.1) shows what generators that see only coordinates can
 * and cannot do.
 *
 * <p>Parameters: {@code hidden/bias}, {@code dense/kernel}, {@code dense/bias}, and either {@code
 * hidden/kernel} or those of the generator. The first kernel is {@code [1, 1, pixels, hidden]}, a
 * dense kernel in the order of generators.
 */
public final class DenseClassifier implements ImageClassifier {
  private static final String HIDDEN = "hidden";

  private final DenseClassifierSpec spec;
  private final KernelSource source;
  private final Operand<TFloat32> kernel1;
  private final Operand<TFloat32> pictures;
  private final Operand<TFloat32> bias1;
  private final Operand<TFloat32> kernel2;
  private final Operand<TFloat32> bias2;

  /** Makes the parameters. */
  public DenseClassifier(ParameterScope scope, DenseClassifierSpec spec) {
    this(scope, spec, SpecKernels.source(spec.kernel1(), kernelTable(spec)));
  }

  /**
   * The network around a first kernel from elsewhere: a generator of your own, or {@link
   * org.hypernet4j.hyper.GivenKernels}. What the specification says of that kernel does not count.
   *
   * @param source of the kernel {@code hidden}, {@code [1, 1, pixels, hidden]}
   */
  public DenseClassifier(ParameterScope scope, DenseClassifierSpec spec, KernelSource source) {
    this.spec = spec;
    this.source = source;
    kernel1 = Objects.requireNonNull(source.build(scope, kernelTable(spec)).get(HIDDEN));
    long square = Math.round(Math.sqrt(spec.hidden()));
    long rows = square * square == spec.hidden() ? square : 1;
    pictures =
        scope
            .tf()
            .reshape(
                kernel1,
                scope
                    .tf()
                    .constant(
                        new long[] {
                          spec.imageSize(), spec.imageSize(), rows, spec.hidden() / rows
                        }));
    bias1 =
        scope.child(HIDDEN).value("bias", Shape.of(spec.hidden()), Initializers.zeros(), Role.BIAS);
    ParameterScope dense = scope.child("dense");
    kernel2 =
        dense
            .regularisedParameter(
                "kernel",
                Shape.of(spec.hidden(), spec.classes()),
                Initializers.glorotUniform(),
                Role.KERNEL)
            .value();
    bias2 = dense.value("bias", Shape.of(spec.classes()), Initializers.zeros(), Role.BIAS);
  }

  private static Map<String, KernelShape> kernelTable(DenseClassifierSpec spec) {
    return Map.of(HIDDEN, KernelShape.dense(pixels(spec), spec.hidden()));
  }

  private static int pixels(DenseClassifierSpec spec) {
    return spec.imageSize() * spec.imageSize();
  }

  @Override
  public Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images) {
    Shapes.require("dense classifier", "images", images, -1, spec.imageSize(), spec.imageSize(), 1);
    Ops first = tf.withSubScope(HIDDEN);
    Operand<TFloat32> flat = first.reshape(images, first.constant(new long[] {-1, pixels(spec)}));
    Operand<TFloat32> matrix =
        first.reshape(kernel1, first.constant(new long[] {pixels(spec), spec.hidden()}));
    Operand<TFloat32> x = first.nn.relu(Dense.apply(first, flat, matrix, bias1));
    return Dense.apply(tf.withSubScope("dense"), x, kernel2, bias2);
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
    return SpecKernels.generated(source, Map.of(HIDDEN, kernel1));
  }

  /** Each hidden unit's weights as an image, the units in a square where they fill one (Fig 8). */
  @Override
  public Map<String, Operand<TFloat32>> kernels() {
    return Map.of(HIDDEN, pictures);
  }
}
