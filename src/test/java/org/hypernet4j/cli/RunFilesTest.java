// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a run that somebody has changed, or that come from another run. */
class RunFilesTest {
  @TempDir static Path folder;

  @BeforeAll
  static void trains() {
    assertThat(train("one", 1).exitCode()).isZero();
    assertThat(train("same", 1).exitCode()).isZero();
    assertThat(train("seed", 2).exitCode()).isZero();
  }

  private static Cli train(String run, int seed, String... more) {
    List<Object> words = new ArrayList<>(List.of("train", Cli.SPEC, "--no-export"));
    words.addAll(List.of("--run", folder.resolve(run), "--set", "training.seed=" + seed));
    for (String setting :
        List.of(
            "training.batchSize=10",
            "training.steps=6",
            "training.logEvery=1",
            "training.evaluateEvery={\"steps\": 3}",
            "data.validation=100")) {
      words.addAll(List.of("--set", setting));
    }
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  /** One line, exit code 2. */
  private static String refused(Cli cli) {
    assertThat(cli.exitCode()).as(String.join("\n", cli.err())).isEqualTo(2);
    List<String> errors = cli.err().stream().filter(line -> line.startsWith("error:")).toList();
    assertThat(errors).hasSize(1);
    return errors.get(0);
  }

  /** Another seed is another specification; the same one trained twice differs by identity only. */
  @ParameterizedTest
  @CsvSource({"seed, training.seed = 1, training.seed = 2", "same, run , run "})
  void anotherRunsBestCheckpointIsRefused(String other, String expected, String received)
      throws IOException {
    Path best = folder.resolve("one/checkpoints/best.ckpt");
    Path kept = folder.resolve("kept.ckpt");
    copy(best, kept);
    copy(folder.resolve(other).resolve("checkpoints/best.ckpt"), best);
    try {
      Cli cli = Cli.run("export", folder.resolve("one"), "--export-dir", folder.resolve("models"));
      assertThat(refused(cli)).contains("another run's", "expected " + expected, received);
      assertThat(folder.resolve("models")).doesNotExist();
    } finally {
      copy(kept, best);
    }
  }

  @Test
  void anotherRunsNewestCheckpointIsRefused() throws IOException {
    Path step = folder.resolve("one/checkpoints/step-000000006.ckpt");
    Path kept = folder.resolve("kept-step.ckpt");
    copy(step, kept);
    copy(folder.resolve("same/checkpoints/step-000000006.ckpt"), step);
    try {
      assertThat(refused(train("one", 1, "--resume"))).contains("another run's");
    } finally {
      copy(kept, step);
    }
  }

  @Test
  void aRunThatIsOlderThanIdentitiesIsRead() throws IOException {
    Path identity = folder.resolve("seed/identity");
    String text = Files.readString(identity);
    Files.delete(identity);
    try {
      assertThat(train("seed", 2, "--resume").exitCode()).isZero();
    } finally {
      Files.writeString(identity, text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kind\":\"train\",\"step\":\"ten\"}",
        "{\"kind\":\"train\",\"step\":1.5}",
        "{\"kind\":\"train\",\"step\":{}}",
        "{\"kind\":\"train\",\"step\":null}",
        "{\"kind\":[],\"step\":1}",
        "{\"kind\":\"train\",\"step\":1e99}",
        "{\"step\":1}",
        "{\"kind\":\"train\"}",
        "[]",
        "null",
        "",
        "\u0000",
        "\u00ff\u00fe"
      })
  void aBrokenLineOfMetricsIsNamedByItsNumber(String line) throws IOException {
    Path metrics = folder.resolve("one/metrics.jsonl");
    byte[] kept = Files.readAllBytes(metrics);
    List<String> lines = new ArrayList<>(Files.readAllLines(metrics));
    lines.set(1, line);
    // a byte a character: what is beyond ASCII is no UTF-8 then
    Files.write(metrics, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    try {
      assertThat(refused(train("one", 1, "--resume"))).contains("metrics.jsonl, line 2", "broken");
      Cli curves = Cli.run("curves", folder.resolve("one"), "--out", folder.resolve("curves.png"));
      assertThat(refused(curves)).contains("metrics.jsonl, line 2", "broken");
    } finally {
      Files.write(metrics, kept);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--run", "--runs", "--data", "--export-dir"})
  void anEmptyPathIsRefused(String option) {
    Cli cli = Cli.run("train", Cli.SPEC, option, "");
    assertThat(refused(cli)).contains(option, "an empty path");
  }

  @Test
  void aTemporaryFolderThatIsNotThereIsNamed() throws Exception {
    Path gone = folder.resolve("gone");
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.write(model.resolve("saved_model.pb"), new byte[0]);
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + gone,
                "-cp",
                System.getProperty("java.class.path"),
                "org.hypernet4j.cli.Main",
                "verify",
                model.toString())
            .redirectError(err.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as(Files.readString(err)).isEqualTo(2);
    assertThat(Files.readAllLines(err).stream().filter(l -> l.startsWith("error:")).toList())
        .singleElement()
        .asString()
        .startsWith("error: " + gone + ": the temporary folder cannot be used");
  }
}
