// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.hypernet4j.data.DrawingFile;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.TextFiles;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.strokes.StrokesModel;
import org.hypernet4j.strokes.StrokesModel.Score;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code score RUN_OR_MODEL FILE}: how probable a model of pen strokes finds drawings. */
@Command(
    name = "score",
    description =
        "Say how surprised a model of pen strokes is by drawings: nats of each, offsets and pen"
            + " apart, in normalised units and in those of the data. Less is more usual.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j score runs/strokes-omniglot-hyperlstm/1 omniglot.flat.npz --part test",
      "  ./hypernet4j score export/models/strokes-omniglot-hyperlstm/1 mine.ndjson --json"
    })
final class ScoreCommand extends CliCommand {
  @Parameters(
      index = "0",
      paramLabel = "RUN_OR_MODEL",
      description =
          "Folder of a run, whose best model is taken, or of one version of an exported model.")
  Path source;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description =
          "Drawings: .flat.npz, .ndjson of Quick, Draw!, .inkml, .xml of IAM-OnDB, or .json:"
              + " [[dx, dy, pen], ...] or a list of such.")
  Path file;

  @Option(
      names = "--part",
      paramLabel = "NAME",
      description =
          "Score only this part of a .flat.npz: train, valid or test. Default: the whole file.")
  @Nullable String part;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description =
          "For a model that writes a given text: what the drawings say, a line of UTF-8 for each."
              + " Default: none.")
  @Nullable Path texts;

  @Mixin TrustOption trust;

  @Override
  int run(Report report) {
    DrawingPart drawings = DrawingFile.read(file, part);
    List<@Nullable String> said = said(drawings.count());
    quietTensorFlow(ShownGpus.configuration());
    List<Score> scores;
    boolean latent;
    try (StrokesModel model = StrokesModel.open(source, trust.read())) {
      scores = model.score(drawings.drawings(), said);
      latent = model.properties().latent() > 0;
    }
    JsonArray each = new JsonArray();
    report.say(
        "%8s  %6s  %10s  %10s  %10s  %10s", "drawing", "points", "nats", "offset", "pen", "raw");
    for (int i = 0; i < scores.size(); i++) {
      Score score = scores.get(i);
      each.add(json(score, latent));
      report.say(
          "%8d  %6d  %10.3f  %10.3f  %10.3f  %10.3f",
          i, score.points(), score.nats(), score.offset(), score.pen(), score.raw());
    }
    double points = scores.stream().mapToDouble(Score::points).sum();
    report.say(
        "mean of %,d drawings: %.3f nats a drawing (offset %.3f, pen %.3f), %.4f a point; %.3f raw",
        scores.size(),
        mean(scores, Score::nats),
        mean(scores, Score::offset),
        mean(scores, Score::pen),
        sum(scores, Score::nats) / points,
        mean(scores, Score::raw));
    JsonObject means = new JsonObject();
    add(means, "points", points / scores.size());
    add(means, "nats", mean(scores, Score::nats));
    add(means, "offset", mean(scores, Score::offset));
    add(means, "pen", mean(scores, Score::pen));
    add(means, "raw", mean(scores, Score::raw));
    if (latent) {
      add(means, "kl", mean(scores, Score::divergence));
    }
    add(means, "natsAPoint", sum(scores, Score::nats) / points);
    report
        .put("model", source.toString())
        .put("file", file.toString())
        .put("part", part)
        .put("count", scores.size())
        .put("mean", means)
        .put("drawings", each)
        .put("seconds", report.seconds());
    return ExitCode.OK;
  }

  /** The text of each drawing; nulls without texts. */
  private List<@Nullable String> said(int drawings) {
    if (texts == null) {
      return Collections.nCopies(drawings, null);
    }
    List<String> lines =
        TextFiles.whole(texts, Vocabulary.Kind.CHARACTERS).symbols().lines().toList();
    if (lines.size() != drawings) {
      throw UserError.in(texts)
          .what("there is not one line for each drawing of " + file)
          .expected(drawings + " lines")
          .received(lines.size())
          .build();
    }
    return Collections.unmodifiableList(lines);
  }

  private static JsonObject json(Score score, boolean latent) {
    JsonObject json = new JsonObject();
    json.addProperty("points", score.points());
    add(json, "nats", score.nats());
    add(json, "offset", score.offset());
    add(json, "pen", score.pen());
    add(json, "raw", score.raw());
    if (latent) {
      add(json, "kl", score.divergence());
    }
    return json;
  }

  /** JSON has no infinity, which an offset beyond all reason may cost. */
  private static void add(JsonObject json, String key, double value) {
    json.add(key, Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE);
  }

  private static double sum(List<Score> scores, ToDoubleFunction<Score> value) {
    return scores.stream().mapToDouble(value).sum();
  }

  private static double mean(List<Score> scores, ToDoubleFunction<Score> value) {
    return sum(scores, value) / scores.size();
  }
}
