// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * Pseudo-random drawings of one length, so that every step of a benchmark costs the same: real ones
 * differ in length, and the time of a step goes with the longest of a batch.
 */
final class BenchmarkDrawings {
  /** Steps of time: sketch-rnn's figures and those of PyTorch beside ours are for this length. */
  private static final int POINTS = 130;

  private static final int STEPS = 4;
  private static final int EVALUATED = 8;
  private static final int STROKE = 10;

  /** About 25 points a character. */
  private static final String TEXT = "words";

  private BenchmarkDrawings() {}

  static DrawingSplits of(ExperimentSpec spec) {
    boolean texts = StrokesTask.model(spec.model()).window() != null;
    StatelessRandom random = StatelessRandom.of(spec.training().seed()).fold("benchmark");
    DrawingPart all = part(random, STEPS * spec.training().batchSize(), texts);
    return new DrawingSplits(all, all.first(EVALUATED), all.first(EVALUATED), List.of());
  }

  static String describe(ExperimentSpec spec) {
    return "pseudo-random drawings of " + POINTS + " points";
  }

  private static DrawingPart part(StatelessRandom random, int count, boolean texts) {
    List<PenDrawing> drawings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] rows = new float[POINTS * PenDrawing.COLUMNS];
      StatelessRandom own = random.fold(i);
      for (int p = 0; p < POINTS; p++) {
        rows[p * PenDrawing.COLUMNS] = (float) (own.uniform(2L * p) - 0.5);
        rows[p * PenDrawing.COLUMNS + 1] = (float) (own.uniform(2L * p + 1) - 0.5);
        rows[p * PenDrawing.COLUMNS + 2] = p % STROKE == STROKE - 1 ? 1 : 0;
      }
      drawings.add(PenDrawing.of("benchmark", rows));
    }
    return new DrawingPart(
        "pseudo-random", drawings, texts ? Collections.nCopies(count, TEXT) : List.of());
  }
}
