// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.jsonl}: one JSON object per line, {@code {"kind":"train","step":10,...}} every few
 * steps and {@code {"kind":"validation",...}} for every evaluation. Losses are written with all
 * their digits, so that two runs can be compared to the last bit.
 *
 * <p>The file holds whole lines only: a line that a full disk cuts short is removed.
 */
public final class MetricsFile implements TrainingListener {
  private static final String VALIDATION = "validation";

  private final Path file;
  private final int every;
  private final Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
  // not a channel: a channel of an interrupted thread closes itself
  private @Nullable RandomAccessFile out;
  private long wholeBytes;

  /**
   * Sets up the file; nothing is written yet. Its folder is created when the training starts.
   *
   * @param every steps between two lines of kind train
   */
  public MetricsFile(Path file, int every) {
    this.file = file;
    this.every = every;
  }

  @Override
  public void onStart(TrainingState training) {
    RegularFiles.require(file);
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (Files.exists(file)) {
        // A killed run has lines past its last checkpoint: those steps are repeated.
        AtomicFiles.writeString(file, String.join("", linesOf(training)));
      }
      out = new RandomAccessFile(file.toFile(), "rw");
      wholeBytes = out.length();
      out.seek(wholeBytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The lines up to the step from which the run continues. */
  private List<String> linesOf(TrainingState training) throws IOException {
    List<String> kept = new ArrayList<>();
    // decoded here: invalid UTF-8 is a broken line, not a broken disk
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      MetricLine line;
      try {
        line = MetricLine.of(lines.get(i), file, i + 1);
      } catch (UserError e) {
        if (i == lines.size() - 1) {
          break; // the last line of a killed run may be cut
        }
        throw e;
      }
      requireOwn(line, training.best());
      if (line.step()
          <= (line.kind().equals("train") ? training.step() : training.evaluatedStep())) {
        kept.add(lines.get(i) + "\n");
      }
    }
    return kept;
  }

  /** Refuses the file of another run, whose best evaluation differs from that of the checkpoint. */
  private void requireOwn(MetricLine line, @Nullable Evaluation best) {
    if (best == null || line.step() != best.step() || !line.kind().equals(VALIDATION)) {
      return;
    }
    for (Map.Entry<String, Double> metric : best.metrics().entrySet()) {
      Double here = line.metrics().get(metric.getKey());
      if (here != null && !here.equals(metric.getValue())) {
        throw UserError.in(file)
            .what("these are the metrics of another run")
            .expected(metric.getKey() + " " + metric.getValue() + " after step " + best.step())
            .received(here)
            .next("put the file of this run back, or remove it")
            .build();
      }
    }
  }

  @Override
  public void onStep(TrainingState training, StepResult step) {
    if (step.step() % every == 0 || step.step() == training.totalSteps()) {
      JsonObject line = line("train", step.step());
      line.addProperty("loss", step.loss());
      step.metrics().forEach(line::addProperty);
      line.addProperty("gradientNorm", step.gradientNorm());
      line.addProperty("learningRate", step.learningRate());
      line.addProperty("stepMillis", step.stepNanos() / 1e6);
      write(line);
    }
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    JsonObject line = line(VALIDATION, evaluation.step());
    evaluation.metrics().forEach(line::addProperty);
    line.addProperty("best", training.isBest());
    write(line);
  }

  @Override
  public void onEnd(TrainingState training) {
    RandomAccessFile open = out;
    if (open != null) {
      out = null;
      try {
        open.close();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private static JsonObject line(String kind, long step) {
    JsonObject line = new JsonObject();
    line.addProperty("kind", kind);
    line.addProperty("step", step);
    return line;
  }

  private void write(JsonObject line) {
    RandomAccessFile open = out;
    if (open == null) {
      throw new IllegalStateException("The metrics file is not open: call onStart first");
    }
    byte[] bytes = (gson.toJson(line) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      open.write(bytes);
      wholeBytes += bytes.length;
    } catch (IOException e) {
      out = null;
      takeBack(open, e);
      throw failed(e);
    }
  }

  /** Removes the partial line that a failed write left, and closes the file. */
  private void takeBack(RandomAccessFile open, IOException failure) {
    try (open) {
      open.setLength(wholeBytes);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private UserError failed(IOException e) {
    return UserError.in(file)
        .what("the metrics cannot be written")
        .received(e.toString())
        .next("check the disk and the folder's permissions")
        .cause(e)
        .build();
  }
}
