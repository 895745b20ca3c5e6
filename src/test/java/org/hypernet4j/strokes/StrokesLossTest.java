// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeBatch;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.TrainingGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

class StrokesLossTest {
  private static final int BATCH = 4;

  /** Random walks of 2 to 48 points: batches of like length differ much. */
  private static DrawingPart walks() {
    List<PenDrawing> drawings = new ArrayList<>();
    for (int i = 0; i < 6 * BATCH; i++) {
      StatelessRandom random = StatelessRandom.of(i);
      float[] rows = new float[3 * (2 + 2 * i)];
      for (int p = 0; p < rows.length / 3; p++) {
        rows[3 * p] = (float) (20 * random.uniform(2L * p) - 10);
        rows[3 * p + 1] = (float) (20 * random.uniform(2L * p + 1) - 10);
        rows[3 * p + 2] = p % 6 == 5 ? 1 : 0;
      }
      drawings.add(PenDrawing.of("walk", rows));
    }
    return new DrawingPart("walks", drawings, List.of());
  }

  /**
   * The steps of an epoch see every drawing once, so without random changes the mean of their
   * losses is the nats of all points divided by the points, which evaluation sums up. If each batch
   * were divided by its own points, the short drawings would count more.
   */
  @Test
  void everyDrawingCountsAlike() {
    ExperimentSpec spec =
        SpecFiles.read(
            Path.of("graphs", "strokes-omniglot-lstm.json"),
            List.of(
                "model.cell={\"type\":\"lstm\",\"units\":6}",
                "model.mixtures=2",
                "training.batchSize=" + BATCH,
                "data.drawings.augmentation={\"scale\":0,\"dropping\":0}"));
    DrawingPart walks = walks();
    StrokeScaling scaling = StrokeScaling.of(walks, StrokeScaling.Kind.ONE_SD);
    StrokesTask task = new StrokesTask(spec, new DrawingSplits(walks, walks, walks), scaling);
    try (TrainingGraph<StrokeBatch> graph =
        new TrainingGraph<>(
            task, 7L, SpecOptimizers.optimizer(spec.training()), SessionOptions.defaults())) {
      double sum = 0;
      int steps = (int) task.stepsPerEpoch();
      for (int step = 0; step < steps; step++) {
        try (Feeds feeds = new Feeds()) {
          graph.built().feed(task.batch(step), step, feeds);
          try (Result result =
              feeds.into(graph.session().runner()).fetch(graph.built().ops().loss()).run()) {
            sum += ((TFloat32) result.get(0)).getFloat();
          }
        }
      }

      assertThat(steps).isEqualTo(6);
      double nats =
          StrokesTask.measure(
                  spec, StrokesTask.outputs(graph), scaling, null, graph.session(), walks)
              .getOrDefault("loss", Double.NaN);
      assertThat(sum / steps).isCloseTo(nats, within(1e-4));
    }
  }
}
