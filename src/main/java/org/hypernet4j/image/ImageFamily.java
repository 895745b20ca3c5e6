// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.util.Optional;
import java.util.Set;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.run.BenchmarkSubject;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.DenseClassifierSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.WideResNetSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;

/** The family of image classifiers. */
public final class ImageFamily implements ModelFamily {
  @Override
  public Set<Class<? extends ModelSpec>> models() {
    return Set.of(MnistConvNetSpec.class, DenseClassifierSpec.class, WideResNetSpec.class);
  }

  @Override
  public ImageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    return ImageExperiment.prepare(given, options);
  }

  @Override
  public ImageRun finished(RunFolder folder, ExperimentSpec spec) {
    return new ImageRun(folder, spec);
  }

  @Override
  public void build(ParameterScope scope, ModelSpec model) {
    SpecModels.imageClassifier(scope, model);
  }

  @Override
  public void buildInference(ParameterStore store, ModelSpec model) {
    ClassifierOutputs.build(
        store.root().child("inference").tf(), SpecModels.imageClassifier(store.root(), model));
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return ImageClassificationTask.define(spec, store, inputs).ops();
  }

  @Override
  public ModelSpec plain(ModelSpec model) {
    return SpecModels.baked(model);
  }

  @Override
  public BenchmarkSubject<ImageBatch> benchmark(ExperimentSpec spec) {
    ImageSplits data = ImageDatasets.load(spec.forSample().data(), null);
    return new BenchmarkSubject<>(
        new ImageClassificationTask(spec, data),
        ImageDatasets.sampleName(spec.data()),
        (graph, i) -> {
          int image = i % data.test().count();
          new ImageEvaluator(ImageClassificationTask.outputs(graph), 1)
              .measure(graph.session(), data.test().slice(image, image + 1));
        });
  }

  @Override
  public Optional<String> comparedBy() {
    return Optional.of("error");
  }
}
