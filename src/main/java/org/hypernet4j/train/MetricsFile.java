package org.hypernet4j.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.io.RegularFiles;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.jsonl}: one JSON object a line, {@code {"kind":"train","step":10,...}} every few
 * steps and {@code {"kind":"validation",...}} for every evaluation. Losses are written with all
 * their digits, so that two runs can be compared to the last bit.
 *
 * <p>The file holds whole lines only: one that a full disk cuts short is taken back.
 */
public final class MetricsFile implements TrainingListener {
  private final Path file;
  private final int every;
  private final Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
  // not a channel: a channel of an interrupted thread closes itself
  private @Nullable RandomAccessFile out;
  private long wholeBytes;

  /**
   * Sets up the file; nothing is written yet.
   *
   * @param every steps between two lines of kind train
   */
  public MetricsFile(Path file, int every) {
    this.file = file;
    this.every = every;
  }

  @Override
  public void onStart(TrainingRun run) {
    RegularFiles.require(file);
    try {
      if (Files.exists(file)) {
        // A run that was killed wrote lines beyond its last checkpoint: those steps come again.
        AtomicFiles.writeString(file, String.join("", linesUpTo(run.step(), run.evaluatedStep())));
      }
      out = new RandomAccessFile(file.toFile(), "rw");
      wholeBytes = out.length();
      out.seek(wholeBytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private List<String> linesUpTo(long step, long evaluatedStep) throws IOException {
    List<String> kept = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      try {
        JsonObject object = JsonParser.parseString(line).getAsJsonObject();
        long last = object.get("kind").getAsString().equals("train") ? step : evaluatedStep;
        if (object.get("step").getAsLong() <= last) {
          kept.add(line + "\n");
        }
      } catch (JsonParseException | IllegalStateException e) {
        break; // the last line of a killed run may be cut
      }
    }
    return kept;
  }

  @Override
  public void onStep(TrainingRun run, StepResult step) {
    if (step.step() % every == 0 || step.step() == run.totalSteps()) {
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
  public void onEvaluation(TrainingRun run, Evaluation evaluation) {
    JsonObject line = line("validation", evaluation.step());
    evaluation.metrics().forEach(line::addProperty);
    line.addProperty("best", run.isBest());
    write(line);
  }

  @Override
  public void onEnd(TrainingRun run) {
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

  /** Cuts off what a failed write left of its line, and gives the file up. */
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
