// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train}, {@code bench} and {@code inspect} with language models. */
class LanguageCommandsTest {
  private static final String SPEC = "graphs/shakespeare-hyperlstm.json";
  private static final List<String> TINY =
      List.of(
          "model.cell={\"type\":\"lstm\",\"units\":8}",
          "data.sequenceLength=10",
          "training.batchSize=4");

  @TempDir Path folder;

  private static Cli run(List<Object> words, String... settings) {
    List<Object> all = new ArrayList<>(words);
    for (String setting : settings) {
      all.addAll(List.of("--set", setting));
    }
    return Cli.run(all.toArray());
  }

  private static Cli tiny(Object... words) {
    return run(List.of(words), TINY.toArray(new String[0]));
  }

  @Test
  void trainsOnTheBuiltInText() {
    Cli cli =
        tiny(
            "train",
            SPEC,
            "--json",
            "--runs",
            folder,
            "--export-dir",
            folder.resolve("models"),
            "--set",
            "training.steps=12",
            "--set",
            "training.evaluateBatchSize=500",
            "--set",
            "training.evaluateEvery={\"steps\": 6}");

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    JsonObject json = cli.json();
    // 65 symbols, hardly any training: log2(65) = 6.02 bits
    assertThat(json.get("testBpc").getAsDouble()).isBetween(4.0, 6.3);
    assertThat(json.get("validationBpc").getAsDouble()).isBetween(4.0, 6.3);
    assertThat(json.get("testLoss").getAsDouble() / Math.log(2))
        .isCloseTo(json.get("testBpc").getAsDouble(), within(1e-12));
    assertThat(json.get("steps").getAsLong()).isEqualTo(12);
    assertThat(json.get("data").getAsString()).isEqualTo("built-in sample");
    assertThat(json.keySet())
        .contains("stepMillis", "trainSeconds", "seconds", "parameters", "bestStep", "name");
    assertThat(json.get("verified").getAsBoolean()).isTrue();
    assertThat(String.join("\n", cli.err()))
        .contains("1,003,854 symbols (built-in sample), 12 steps of 4")
        .contains("bits per character (55,769 of them)", "bpc ")
        .contains("(generated form, ", "those of a session reopened from the best checkpoint");
    Path run = Path.of(json.get("runDir").getAsString());
    assertThat(run.resolve("vocabulary.json")).isRegularFile();
    assertThat(run.resolve("metrics.jsonl")).isNotEmptyFile();

    Cli export = Cli.run("export", run, "--export-dir", folder.resolve("models"), "--json");
    assertThat(export.exitCode()).as(export.err().toString()).isZero();
    Path model = Path.of(export.json().get("exportDir").getAsString());
    assertThat(model).hasFileName("2").exists(); // after that of the training
    Cli fromRun = Cli.run("generate", run, "--prompt", "KING:", "--length", "60");
    Cli fromModel = Cli.run("generate", model, "--prompt", "KING:", "--length", "60");
    assertThat(fromRun.exitCode()).as(fromRun.err().toString()).isZero();
    assertThat(String.join("\n", fromRun.out())).startsWith("KING:").hasSizeGreaterThan(40);
    assertThat(fromModel.out()).isEqualTo(fromRun.out());

    for (Object[] wrong :
        new Object[][] {
          {"--form", "baked", "a language model has no baked form"},
          {"--data", folder, "the reference inputs of a language model are symbols of its own"}
        }) {
      Cli refused = Cli.run("export", run, "--export-dir", folder, wrong[0], wrong[1]);
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).hasSize(1);
      assertThat(refused.err().get(0)).contains(wrong[0].toString(), wrong[2].toString());
    }
  }

  @Test
  void benchTimesStepsOnPseudoRandomIdsWhereNoTextIsBuiltIn() {
    Cli random = tiny("bench", "graphs/bench-hyperlstm-s.json", "--steps", 3, "--json");
    Cli builtIn = tiny("bench", SPEC, "--steps", 3, "--predictions", 2, "--json");

    assertThat(random.exitCode()).as(random.err().toString()).isZero();
    assertThat(random.json().get("data").getAsString()).startsWith("pseudo-random ids");
    assertThat(String.join("\n", random.err())).contains("4 streams of 10 symbols", "peak ");
    assertThat(builtIn.exitCode()).as(builtIn.err().toString()).isZero();
    assertThat(builtIn.json().get("data").getAsString()).isEqualTo("built-in sample");
    assertThat(builtIn.json().get("medianPredictionMicros").getAsDouble()).isPositive();
    for (JsonObject json : List.of(random.json(), builtIn.json())) {
      assertThat(json.get("sequenceLength").getAsLong()).isEqualTo(10);
      assertThat(json.get("medianStepMillis").getAsDouble()).isPositive();
      assertThat(json.get("peakMib").getAsDouble())
          .isGreaterThanOrEqualTo(json.get("residentMib").getAsDouble());
    }
  }

  @Test
  void inspectWritesBothGraphs() throws Exception {
    for (String which : List.of("training", "inference")) {
      Path file = folder.resolve(which + ".pbtxt");
      Cli cli = tiny("inspect", SPEC, "--graph", file, "--graph-of", which, "--json");
      assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
      boolean training = Files.readString(file).contains("\"state/h\"");
      assertThat(training).isEqualTo(which.equals("training"));
    }
  }

  @Test
  void tellsWhatIsMissingInOneLine() {
    Cli cli = Cli.run("train", "graphs/ptb-small-lstm.json", "--runs", folder);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: --data: these data are not built in");
  }
}
