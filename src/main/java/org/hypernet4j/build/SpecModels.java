// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.spec.DenseClassifierSpec;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.LatentSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.PenSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.spec.WideResNetSpec;
import org.hypernet4j.spec.WindowSpec;
import org.hypernet4j.zoo.DenseClassifier;
import org.hypernet4j.zoo.ImageClassifier;
import org.hypernet4j.zoo.Keep;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.MnistConvNet;
import org.hypernet4j.zoo.StrokeLatent;
import org.hypernet4j.zoo.StrokeModel;
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
        keep(keep));
  }

  static Keep keep(KeepSpec keep) {
    return new Keep(
        keep.input(), keep.output(), keep.recurrent(), keep.hyperRecurrent(), keep.between());
  }

  /** Creates the parameters of a model of pen strokes below a scope. */
  public static StrokeModel strokeModel(ParameterScope scope, StrokesModelSpec spec) {
    MixtureDensity density = new MixtureDensity(density(spec));
    int point = StrokeModel.pointColumns(density.settings().pen());
    WindowSpec window = spec.window();
    if (window != null) {
      return StrokeModel.writing(
          scope,
          SpecCells.writing(
              scope.child("cell"), window, spec.cell(), point, spec.layers(), spec.keep()),
          density,
          keep(spec.keep()));
    }
    LatentSpec latent = spec.latent();
    RnnCell<?> cell =
        SpecCells.of(
            scope.child("cell"),
            spec.cell(),
            point + (latent == null ? 0 : latent.size()),
            spec.layers(),
            spec.keep(),
            spec.skips());
    return new StrokeModel(
        scope,
        cell,
        density,
        keep(spec.keep()),
        latent == null ? null : latent(scope, latent, point, cell));
  }

  private static StrokeLatent latent(
      ParameterScope scope, LatentSpec spec, int inputs, RnnCell<?> decoder) {
    ParameterScope encoder = scope.child("encoder");
    return new StrokeLatent(
        scope,
        SpecCells.of(encoder.child("forwards"), spec.encoder(), inputs, 1, KeepSpec.NONE),
        SpecCells.of(encoder.child("backwards"), spec.encoder(), inputs, 1, KeepSpec.NONE),
        spec.size(),
        decoder.stateLayout().parts());
  }

  private static MixtureDensity.Settings density(StrokesModelSpec spec) {
    return MixtureDensity.Settings.of(
            spec.mixtures(),
            spec.pen() == PenSpec.BERNOULLI
                ? MixtureDensity.Pen.BERNOULLI
                : MixtureDensity.Pen.THREE_WAY)
        .withDensityEpsilon((float) spec.densityEpsilon())
        .withSigmaFloor((float) spec.sigmaFloor())
        .withCorrelationBound((float) spec.correlationBound());
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
