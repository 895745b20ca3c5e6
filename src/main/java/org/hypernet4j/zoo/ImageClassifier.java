package org.hypernet4j.zoo;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.DenseClassifierSpec;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.WideResNetSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network from images to class scores, some of whose kernels may be generated. */
public interface ImageClassifier {
  /**
   * The class scores.
   *
   * @param images {@code [batch, height, width, channels]}, pixels in [0, 1]
   * @return logits, {@code [batch, classes]}
   */
  Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images);

  /**
   * Class scores in training, where a layer may use the statistics of the batch and remember them.
   *
   * @param logits {@code [batch, classes]}
   * @param updates what each training step makes of moving statistics
   */
  record TrainingLogits(Operand<TFloat32> logits, List<NextValue> updates) {}

  /**
   * The class scores from which training takes its loss; what is generated is generated once for
   * these and for {@link #logits}.
   *
   * @param images as for {@link #logits}
   */
  default TrainingLogits trainingLogits(Ops tf, Operand<TFloat32> images) {
    return new TrainingLogits(logits(tf, images), List.of());
  }

  /** The shape of one image, {@code [height, width, channels]}. */
  long[] imageShape();

  /** How many classes it tells apart. */
  int classes();

  /**
   * The generated kernels by the names that they have as parameters of the {@link #baked} model;
   * empty if nothing is generated. Weight decay applies to them as to the regularised parameters of
   * the store, not to what generates them.
   */
  Map<String, Operand<TFloat32>> generatedKernels();

  /** The kernels worth looking at, {@code [height, width, in, out]}, by name, in network order. */
  Map<String, Operand<TFloat32>> kernels();

  /** Makes a model's parameters below a scope. */
  static ImageClassifier create(ParameterScope scope, ModelSpec spec) {
    if (spec instanceof MnistConvNetSpec mnist) {
      return new MnistConvNet(scope, mnist);
    } else if (spec instanceof DenseClassifierSpec dense) {
      return new DenseClassifier(scope, dense);
    } else if (spec instanceof WideResNetSpec wide) {
      return new WideResNet(scope, wide);
    }
    throw new IllegalArgumentException("Not an image classifier: " + spec);
  }

  /** The same network with every kernel an ordinary parameter. */
  static ModelSpec baked(ModelSpec spec) {
    if (spec instanceof MnistConvNetSpec mnist) {
      return mnist.kernel2() instanceof GeneratorSpec.Plain
          ? mnist
          : new MnistConvNetSpec(
              mnist.filters(),
              mnist.kernelSize(),
              mnist.classes(),
              mnist.imageSize(),
              new GeneratorSpec.Plain(MnistConvNet.PLAIN_KERNEL));
    } else if (spec instanceof DenseClassifierSpec dense) {
      return dense.kernel1() instanceof GeneratorSpec.Plain
          ? dense
          : new DenseClassifierSpec(
              dense.hidden(),
              dense.classes(),
              dense.imageSize(),
              new GeneratorSpec.Plain(new InitializerSpec.GlorotUniform()));
    } else if (spec instanceof WideResNetSpec wide) {
      return wide.kernels() instanceof GeneratorSpec.Plain
          ? wide
          : wide.withKernels(new GeneratorSpec.Plain(new InitializerSpec.HeNormal()));
    }
    throw new IllegalArgumentException("Not an image classifier: " + spec);
  }
}
