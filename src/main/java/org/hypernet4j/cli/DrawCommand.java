// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.data.DrawingFile;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.strokes.SketchBook;
import org.hypernet4j.strokes.SketchSettings;
import org.hypernet4j.strokes.StrokesModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code draw RUN_OR_MODEL}: draws with a model of pen strokes. */
@Command(
    name = "draw",
    description =
        "Draw with a model of pen strokes, point by point: PNG, SVG, an SVG that draws itself, the"
            + " points as JSON, and a page that plays one drawing while strips show how far each"
            + " gate's weights change. One seed gives one set of drawings, from a run and from its"
            + " exported model alike.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j draw runs/strokes-omniglot-hyperlstm/1 --temperatures 0.1,0.3,0.5,0.7,1",
      "  ./hypernet4j draw export/models/strokes-omniglot-hyperlstm/1 --count 1 --out sketch",
      "  ./hypernet4j draw runs/strokes-omniglot-hyperlstm/1 --prime begun.json --temperature 0.3"
    })
final class DrawCommand extends CliCommand {
  @Parameters(
      paramLabel = "RUN_OR_MODEL",
      description =
          "Folder of a run, whose best model is taken, or of one version of an exported model.")
  Path source;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "8",
      description = "Drawings of each temperature. Default: ${DEFAULT-VALUE}.")
  int count;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description =
          "Above 0. 1 draws as the model was trained, less is safer and duller. Default: 0.7, with"
              + " --interpolate 0.1.")
  @Nullable Float temperature;

  @Option(
      names = "--temperatures",
      paramLabel = "X",
      split = ",",
      hideParamSyntax = true,
      description =
          "Several, with commas between them: a row of drawings each, and below them a row of the"
              + " data. Default: one, --temperature.")
  List<Float> temperatures = List.of();

  @Option(
      names = "--bias",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "0 or more: makes every stroke tidier, but does not touch the pen (Graves)."
              + " Default: ${DEFAULT-VALUE}.")
  float bias;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "One seed gives one set of drawings. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--length",
      paramLabel = "N",
      description =
          "Points of a drawing at most, those of --prime included. Default: 250, for a model that"
              + " never ends a drawing itself 700, for one that writes a text 2000.")
  @Nullable Integer length;

  @Option(
      names = "--prime",
      paramLabel = "FILE",
      description =
          "A drawing to go on from: the first of a .json, .flat.npz, .ndjson, .inkml or IAM-OnDB"
              + " .xml file. Default: none; drawings begin from nothing.")
  @Nullable Path prime;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description =
          "For a model that can be told what to write: the text, of characters that it learnt."
              + " Default: texts of its data.")
  @Nullable String text;

  @Option(
      names = "--prime-text",
      paramLabel = "TEXT",
      description =
          "What the drawing of --prime says, for such a model; --text is written behind it."
              + " Default: none.")
  @Nullable String primeText;

  @Option(
      names = "--interpolate",
      paramLabel = "N",
      arity = "2",
      description =
          "For a model with a latent vector: go from the code of one validation drawing to that of"
              + " another, in ten steps. Drawings are counted from 0. Default: codes at random.")
  int @Nullable [] interpolate;

  @Option(
      names = "--statistics",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Draw N more at temperature 1 and report how many the model ended, and their mean points"
              + " and strokes beside those of the data. Default: 0, none.")
  int statistics;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data of the model, for a row of its drawings. Default: the built-in ones, if the"
              + " model learnt from such.")
  @Nullable Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where the files go. Default: the folder 'drawings' in the run's own; needed for an"
              + " exported model.")
  @Nullable Path out;

  @Mixin TrustOption trust;

  @Override
  int run(Report report) {
    SketchSettings settings = settings();
    Path folder = folder();
    Writable.requireFolder(out == null ? "RUN_OR_MODEL" : "--out", folder);
    quietTensorFlow(ShownGpus.configuration());
    try (StrokesModel model = StrokesModel.open(source, trust.read())) {
      Drawing drawing = new SketchBook(model, settings).draw(folder);
      drawing.lines().forEach(line -> report.say("%s", line));
      report.put("model", source.toString()).put("name", model.properties().name());
      drawing.figures().asMap().forEach(report::put);
      JsonArray files = new JsonArray();
      drawing.files().forEach(file -> files.add(file.toString()));
      report.put("files", files).put("seconds", report.seconds());
    }
    return ExitCode.OK;
  }

  private SketchSettings settings() {
    if (temperature != null && !temperatures.isEmpty()) {
      throw UserError.in("--temperature and --temperatures")
          .what("only one of the two can be followed")
          .next("leave one of them out")
          .build();
    }
    SketchSettings.Between between =
        interpolate == null ? null : new SketchSettings.Between(interpolate[0], interpolate[1]);
    PenDrawing begun = prime == null ? null : DrawingFile.read(prime, null).drawings().get(0);
    return new SketchSettings(
            temperature == null ? temperatures : List.of(temperature),
            count,
            bias,
            seed,
            length,
            begun,
            data,
            between,
            statistics)
        .withText(text, primeText);
  }

  private Path folder() {
    if (out != null) {
      return out;
    }
    if (!RunFolder.isRun(source)) {
      throw UserError.in("--out")
          .what("an exported model has no folder for drawings")
          .expected("a folder to write to")
          .received("none")
          .next("add --out DIR, or give the folder of a run")
          .build();
    }
    return source.resolve("drawings");
  }
}
