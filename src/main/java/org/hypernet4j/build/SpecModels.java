// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.DenseClassifierSpec;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.WideResNetSpec;
import org.hypernet4j.zoo.DenseClassifier;
import org.hypernet4j.zoo.ImageClassifier;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.Keep;
import org.hypernet4j.zoo.MnistConvNet;
import org.hypernet4j.zoo.WideResNet;

/** Models as specification files describe them. */
public final class SpecModels {
  private SpecModels() {}

  /** Creates a language model's parameters below a scope. */
  public static LanguageModel languageModel(ParameterScope scope, LanguageModelSpec spec) {
    KeepSpec keep = spec.keep();
    return new LanguageModel(
        scope,
        SpecCells.of(scope.child("cell"), spec.cell(), spec.symbols(), spec.layers(), keep),
        new Keep(
            keep.input(), keep.output(), keep.recurrent(), keep.hyperRecurrent(), keep.between()));
  }

  /** Creates an image classifier's parameters below a scope. */
  public static ImageClassifier imageClassifier(ParameterScope scope, ModelSpec spec) {
    if (spec instanceof MnistConvNetSpec mnist) {
      return new MnistConvNet(
          scope,
          new MnistConvNet.Settings(
              mnist.filters(), mnist.kernelSize(), mnist.classes(), mnist.imageSize()),
          SpecKernels.of(mnist.kernel2()));
    } else if (spec instanceof DenseClassifierSpec dense) {
      return new DenseClassifier(
          scope,
          new DenseClassifier.Settings(dense.hidden(), dense.classes(), dense.imageSize()),
          SpecKernels.of(dense.kernel1()));
    } else if (spec instanceof WideResNetSpec wide) {
      return new WideResNet(
          scope,
          new WideResNet.Settings(wide.depth(), wide.width(), wide.classes(), wide.imageSize()),
          SpecKernels.of(wide.kernels()));
    }
    throw new IllegalArgumentException("Not an image classifier: " + spec);
  }

  /** The same image classifier with every kernel an ordinary parameter. */
  public static ModelSpec baked(ModelSpec spec) {
    if (spec instanceof MnistConvNetSpec mnist) {
      return mnist.kernel2() instanceof GeneratorSpec.Plain
          ? mnist
          : new MnistConvNetSpec(
              mnist.filters(),
              mnist.kernelSize(),
              mnist.classes(),
              mnist.imageSize(),
              new GeneratorSpec.Plain(new InitializerSpec.TruncatedNormal(0, 0.01)));
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
