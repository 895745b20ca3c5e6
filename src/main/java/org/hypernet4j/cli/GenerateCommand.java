// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.hypernet4j.data.IncrementalText;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.language.TextGenerator;
import org.hypernet4j.language.TextModel;
import org.hypernet4j.zoo.SymbolDraw;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code generate RUN_OR_MODEL}: generates text with a language model. */
@Command(
    name = "generate",
    description =
        "Write text with a language model, symbol by symbol. One seed gives one text, from a run"
            + " and from its exported model alike.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j generate runs/shakespeare-hyperlstm/1 --prompt ROMEO: --temperature 0.7",
      "  ./hypernet4j generate export/models/shakespeare-hyperlstm/1 --prompt ROMEO: --length 400"
    })
final class GenerateCommand extends CliCommand {
  @Parameters(
      paramLabel = "RUN_OR_MODEL",
      description =
          "Folder of a run, whose best model is taken, or of one version of an exported model.")
  Path source;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      defaultValue = "",
      description =
          "What the text goes on from. Default: nothing; the text begins as after a newline, or"
              + " after the model's first symbol where it knows no newline.")
  String prompt;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "500",
      description = "How many symbols to write. Default: ${DEFAULT-VALUE}.")
  int length;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "0.8",
      description =
          "Above 0. 1 draws as the model was trained, less is safer and duller."
              + " Default: ${DEFAULT-VALUE}.")
  float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description =
          "Draw among the K most probable symbols only; 1 always takes the most probable."
              + " Default: all of them.")
  @Nullable Integer topK;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "One seed gives one text. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Mixin TrustOption trust;

  @Override
  int run(Report report) {
    SymbolDraw draw = asOption(() -> new SymbolDraw(temperature, topK, seed));
    TextGenerator.requireLength("--length", length);
    quietTensorFlow(ShownGpus.configuration());
    try (TextModel model = TextModel.open(source, trust.read())) {
      TextGenerator generator = model.generator();
      IncrementalText characters = new IncrementalText(model.vocabulary());
      StringBuilder text = new StringBuilder();
      asOption(() -> generator.read(prompt)); // before anything is printed
      report.stream(prompt);
      final long start = System.nanoTime();
      int[] ids =
          generator.generate(prompt, length, draw, id -> show(characters.add(id), text, report));
      show(characters.end(), text, report);
      report.stream("\n");
      double seconds = (System.nanoTime() - start) / 1e9;
      report
          .put("model", source.toString())
          .put("prompt", prompt)
          .put("text", text.toString())
          .put("symbols", ids.length)
          .put("temperature", temperature)
          .put("topK", topK == null ? JsonNull.INSTANCE : new JsonPrimitive(topK))
          .put("seed", seed)
          .put("generateSeconds", seconds)
          .put("seconds", report.seconds());
    }
    return ExitCode.OK;
  }

  /** Turns an error about a setting into one about its option. */
  private static <T> T asOption(Supplier<T> work) {
    try {
      return work.get();
    } catch (UserError e) {
      throw e.at("--" + e.where());
    }
  }

  private static void show(String characters, StringBuilder text, Report report) {
    text.append(characters);
    report.stream(characters);
  }
}
