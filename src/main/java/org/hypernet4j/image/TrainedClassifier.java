// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.FormComparison;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainedModel;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** A classifier with its trained parameters in a session: measured, drawn and exported. */
public final class TrainedClassifier implements TrainedModel {
  private static final int TIMED_GENERATIONS = 20;

  private final ExperimentSpec spec;
  private final InferenceSession<ClassifierGraph> opened;

  /**
   * Opens a model with the parameters of a checkpoint.
   *
   * @throws UserError if the checkpoint is of another model
   */
  public static TrainedClassifier open(ExperimentSpec spec, Checkpoint checkpoint) {
    return new TrainedClassifier(
        spec, InferenceSession.open(checkpoint, store -> ClassifierGraph.of(store, spec.model())));
  }

  private TrainedClassifier(ExperimentSpec spec, InferenceSession<ClassifierGraph> opened) {
    this.spec = spec;
    this.opened = opened;
  }

  /** Mean cross entropy in nats ({@code loss}) and share of wrong classes ({@code error}). */
  public Map<String, Double> measure(LabeledImages images) {
    return new ImageEvaluator(opened.model().outputs(), spec.training().evaluateBatchSize())
        .measure(opened.session(), images);
  }

  @Override
  public double generationMillis() {
    Map<String, Operand<TFloat32>> kernels = opened.model().model().generatedKernels();
    if (kernels.isEmpty()) {
      return 0;
    }
    long[] nanos = new long[TIMED_GENERATIONS];
    for (int i = -TIMED_GENERATIONS; i < nanos.length; i++) { // as many more to warm up
      Session.Runner runner = opened.session().runner();
      kernels.values().forEach(runner::addTarget);
      long before = System.nanoTime();
      runner.run().close();
      if (i >= 0) {
        nanos[i] = System.nanoTime() - before;
      }
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }

  /** Draws the kernels and maps the embeddings. */
  public ClassifierPictures pictures() {
    return new ClassifierPictures(opened);
  }

  /** A picture of each kernel. */
  @Override
  public Map<String, Path> drawInto(RunFolder folder) {
    return pictures().drawKernels(folder.kernels());
  }

  @Override
  public ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base) {
    return new ClassifierExport(spec, opened).request(form, references, provenance, base);
  }

  @Override
  public Optional<FormComparison> compareForms(
      List<ReferenceCase> references, Path base, ExportForm form) {
    return new ClassifierExport(spec, opened).compareForms(references, base, form);
  }

  /** Reference cases of batches of 1, 7 and 32 test images. */
  @Override
  public List<ReferenceCase> references(@Nullable Path data) {
    return references(ImageDatasets.test(spec.data(), data));
  }

  /**
   * Reference cases that this session computes: batches of 1, 7 and 32 images.
   *
   * @param images the source of the inputs
   */
  public List<ReferenceCase> references(LabeledImages images) {
    return ClassifierExport.references(opened.session(), opened.model().outputs(), images);
  }

  @Override
  public void close() {
    opened.close();
  }
}
