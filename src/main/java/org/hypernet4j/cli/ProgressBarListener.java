// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.PlainProgress;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.jspecify.annotations.Nullable;

/** Progress as a bar that is drawn in place, for an interactive terminal. */
final class ProgressBarListener implements TrainingListener {
  private static final int REDRAW_MILLIS = 250;

  private final PrintStream terminal;
  private String validation = "";
  private @Nullable ProgressBar bar;

  ProgressBarListener(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void onStart(TrainingState run) {
    bar =
        new ProgressBarBuilder()
            .setTaskName("training")
            .setInitialMax(run.totalSteps())
            .startsFrom(run.step(), Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .setConsumer(new BarLine(terminal, new TerminalWidth()))
            .build();
  }

  @Override
  public void onStep(TrainingState run, StepResult step) {
    if (bar != null) {
      bar.setExtraMessage(" " + PlainProgress.describe(step) + validation);
      bar.stepTo(step.step());
    }
  }

  @Override
  public void onEvaluation(TrainingState run, Evaluation evaluation) {
    validation = ", validation " + PlainProgress.describe(evaluation.metrics());
  }

  @Override
  public void onEnd(TrainingState run) {
    if (bar != null) {
      bar.close();
    }
  }
}
