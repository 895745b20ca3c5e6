// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.PlainProgress;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.jspecify.annotations.Nullable;

/** Progress as a bar that is drawn in place, for an interactive terminal. */
final class ProgressBarListener implements TrainingListener {
  private static final int REDRAW_MILLIS = 250;

  private final BarLine line;
  private final BarText text;
  private final LongSupplier clock;
  private final Map<String, String> figures = new LinkedHashMap<>();
  private final Map<String, Integer> widths = new LinkedHashMap<>();
  private @Nullable ProgressBar bar;
  private @Nullable String validation;
  private long firstStep;
  private long firstNanos = -1;
  private double secondsLeft = -1;

  ProgressBarListener(PrintStream terminal) {
    this(
        new BarLine(terminal, new TerminalWidth()),
        new BarText(Terminal.showsUnicode(System.getenv()), System.getenv("NO_COLOR") == null),
        System::nanoTime);
  }

  ProgressBarListener(BarLine line, BarText text, LongSupplier clock) {
    this.line = line;
    this.text = text;
    this.clock = clock;
  }

  @Override
  public void onStart(TrainingState run) {
    bar =
        new ProgressBarBuilder()
            .setInitialMax(run.totalSteps())
            .startsFrom(run.step(), Duration.ZERO)
            .setRenderer(this::render)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .setConsumer(line)
            .build();
  }

  @Override
  public void onStep(TrainingState run, StepResult step) {
    long now = clock.getAsLong();
    synchronized (this) {
      if (firstNanos < 0) {
        // the first call also compiles, so the pace is that of the steps after it
        firstStep = step.step();
        firstNanos = now;
      } else if (step.step() > firstStep) {
        secondsLeft =
            (now - firstNanos) / 1e9 / (step.step() - firstStep) * (run.totalSteps() - step.step());
      }
      figures.put("loss", figure("loss", step.loss()));
      step.metrics().forEach((name, value) -> figures.put(name, figure(name, value)));
    }
    if (bar != null) {
      bar.stepTo(step.step());
    }
  }

  @Override
  public synchronized void onEvaluation(TrainingState run, Evaluation evaluation) {
    String name = evaluation.criterion();
    Double value = evaluation.metrics().get(name);
    validation = value == null ? null : figure("validation " + name, value);
  }

  /** A figure that never gets narrower, so that what follows it stays in its place. */
  private String figure(String name, double value) {
    String whole = PlainProgress.describe(Map.of(name, value));
    String number = whole.substring(name.length() + 1);
    int width = widths.merge(name, number.length(), Math::max);
    return name + " " + " ".repeat(width - number.length()) + number;
  }

  private synchronized String render(ProgressState progress, int columns) {
    List<String> shown = new ArrayList<>(figures.values());
    if (validation != null) {
      shown.add(validation);
    }
    return text.of(progress.getCurrent(), progress.getMax(), secondsLeft, shown, columns);
  }

  @Override
  public void onEnd(TrainingState run) {
    if (bar != null) {
      bar.close();
    }
  }
}
