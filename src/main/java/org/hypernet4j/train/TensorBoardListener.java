// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.internal.EventFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event file that TensorBoard shows: curves of the loss and the metrics, and a histogram
 * of every trainable parameter after each evaluation.
 */
public final class TensorBoardListener implements TrainingListener {
  private final Path folder;
  private final int every;
  private @Nullable EventFileWriter writer;

  /**
   * Sets up the writer; the file is created at the start of the training.
   *
   * @param folder TensorBoard's log directory for this run
   * @param every steps between two points of the training curves
   */
  public TensorBoardListener(Path folder, int every) {
    this.folder = folder;
    this.every = every;
  }

  @Override
  public void onStart(TrainingState training) {
    writer = EventFileWriter.open(folder);
  }

  @Override
  public void onStep(TrainingState training, StepResult step) {
    if (writer != null && step.step() % every == 0) {
      writer.scalar("train/loss", step.step(), step.loss());
      for (Map.Entry<String, Float> metric : step.metrics().entrySet()) {
        writer.scalar("train/" + metric.getKey(), step.step(), metric.getValue());
      }
      writer.scalar("train/gradient_norm", step.step(), step.gradientNorm());
      writer.scalar("train/learning_rate", step.step(), step.learningRate());
      writer.scalar("time/step_ms", step.step(), step.stepNanos() / 1e6);
    }
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    if (writer != null) {
      for (Map.Entry<String, Double> metric : evaluation.metrics().entrySet()) {
        writer.scalar("validation/" + metric.getKey(), evaluation.step(), metric.getValue());
      }
      for (Parameter parameter : training.store().trainables()) {
        writer.histogram(
            parameter.name(),
            evaluation.step(),
            ParameterValues.read(training.session(), parameter));
      }
      writer.flush();
    }
  }

  @Override
  public void onEnd(TrainingState training) {
    if (writer != null) {
      writer.close();
    }
  }
}
