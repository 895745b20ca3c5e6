// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.io.internal.AtomicFiles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every file of a small run, damaged in every way that comes to mind. */
class DamagedRunTest {
  private static final String SPEC = "graphs/shakespeare-hyperlstm.json";
  private static final String ALL = "train export generate visualise curves";
  private static final String BEST = "checkpoints/best.ckpt";
  private static final String STEP = "checkpoints/step-000000004.ckpt";

  @TempDir static Path folder;
  private static Path run;

  @BeforeAll
  static void trains() throws IOException {
    run = folder.resolve("run");
    Files.writeString(folder.resolve("text.txt"), "abacadabcdabdcaacbdbadcabacabdadcb".repeat(8));
    assertThat(train().exitCode()).isZero();
    Files.writeString(run.resolve("import.json"), "{\"from\":\"nowhere\"}\n");
  }

  private static Cli train(String... more) {
    List<Object> words = new ArrayList<>(List.of("train", SPEC, "--no-export", "--run", run));
    words.addAll(List.of("--data", folder.resolve("text.txt")));
    for (String setting :
        List.of(
            "model={\"type\":\"language-model\",\"symbols\":4,\"cell\":"
                + "{\"type\":\"basic-rnn\",\"units\":3}}",
            "data.sequenceLength=4",
            "training.batchSize=2",
            "training.evaluateBatchSize=3",
            "training.steps=4",
            "training.logEvery=1",
            "training.evaluateEvery={\"steps\": 2}")) {
      words.addAll(List.of("--set", setting));
    }
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  private static Map<String, byte[]> damages(byte[] good) {
    String text = new String(good, UTF_8);
    Map<String, byte[]> damages = new LinkedHashMap<>();
    damages.put("empty", new byte[0]);
    damages.put("cut", text.substring(0, text.length() / 2).getBytes(UTF_8));
    damages.put("NUL", new byte[64]);
    damages.put("no UTF-8", new byte[] {'"', (byte) 0xff, (byte) 0xfe, '"'});
    for (String json :
        List.of(
            "null",
            "[]",
            "{}",
            "7",
            "\"word\"",
            "{\"a\":1,\"a\":2}",
            "{\"name\":7,\"kind\":[],\"symbols\":{},\"training\":null}",
            text.strip() + "}",
            "[".repeat(100_000))) {
      damages.put(json.length() > 60 ? json.substring(0, 60) : json, json.getBytes(UTF_8));
    }
    return damages;
  }

  private static void expectOrderly(String what, Cli cli) {
    assertThat(cli.exitCode()).as(what + ": " + String.join("\n", cli.err())).isIn(0, 2);
    List<String> errors = cli.err().stream().filter(line -> line.startsWith("error:")).toList();
    assertThat(errors).as(what).hasSize(cli.exitCode() == 0 ? 0 : 1);
    if (!errors.isEmpty()) {
      assertThat(errors.get(0)).as(what).contains(run.toString());
    }
  }

  private static void tryEach(String commands, String damage) {
    for (String command : commands.split(" ", -1)) {
      Path out = folder.resolve("out-" + command);
      expectOrderly(
          command + ", " + damage,
          switch (command) {
            case "train" -> train("--resume");
            case "generate" -> Cli.run(command, run, "--length", "2");
            case "export" -> Cli.run(command, run, "--export-dir", out);
            case "visualise" -> Cli.run(command, run, "--text", "abacad", "--out", out);
            default -> Cli.run(command, run, "--out", out + ".png");
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "specification.json, train generate curves",
    "identity, train generate",
    "import.json, export",
    "vocabulary.json, train",
    "metrics.jsonl, train curves",
    BEST + ", generate visualise",
    STEP + ", train"
  })
  void nothingButOneLine(String name, String readers) throws Exception {
    Path file = run.resolve(name);
    Path kept = folder.resolve("kept");
    copyRun(run, kept);
    byte[] good = Files.readAllBytes(file);
    for (Map.Entry<String, byte[]> damage : damages(good).entrySet()) {
      Files.write(file, damage.getValue());
      tryEach(readers, name + " " + damage.getKey());
      restore(kept);
    }
    Files.writeString(file, "[]");
    tryEach(ALL, name + " []");
    restore(kept);
    Files.delete(file);
    Files.createDirectory(file);
    Files.writeString(file.resolve("inside"), "something");
    tryEach(readers, name + " a folder");
    restore(kept);
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    tryEach(readers, name + " a pipe");
    restore(kept);
  }

  /** Files with right checksums whose state is not what a training writes. */
  @Test
  void statesOfAnotherKind() throws IOException {
    Path kept = folder.resolve("kept");
    copyRun(run, kept);
    for (String key : List.of("evaluatedStep", "evaluationsSinceBest", "best", "run", "session")) {
      for (String value : List.of("null", "\"ten\"", "{}", "1e99")) {
        for (String name : List.of(BEST, STEP)) {
          Checkpoint good = CheckpointFile.read(run.resolve(name));
          JsonObject state = good.state();
          state.add(key, JsonParser.parseString(value));
          CheckpointFile.write(
              run.resolve(name),
              new Checkpoint(
                  good.step(),
                  good.seed(),
                  good.specification(),
                  good.dataFingerprint(),
                  good.values(),
                  state));
        }
        String damage = key + " " + value;
        assertThat(train("--resume-from", BEST).exitCode()).as(damage).isIn(0, 2);
        assertThat(Cli.run("generate", run, "--length", "2").exitCode()).as(damage).isIn(0, 2);
        restore(kept);
      }
    }
  }

  @Test
  void metricsOfAnotherRunAreTold() throws IOException {
    Path kept = folder.resolve("kept");
    copyRun(run, kept);
    Path metrics = run.resolve("metrics.jsonl");
    Files.writeString(
        metrics, Files.readString(metrics).replaceAll("\"bpc\":[0-9.]+", "\"bpc\":1.25"));
    Cli cli = train("--resume");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(String.join("\n", cli.err())).contains("the metrics of another run", "1.25");
    restore(kept);
  }

  @Test
  void anotherTextNeedsANewRunAndTheLineSaysHow() throws IOException {
    for (String text : List.of("abcd".repeat(80), "abcde".repeat(80))) {
      Path other = folder.resolve("other.txt");
      Files.writeString(other, text);
      List<Object> words =
          new ArrayList<>(List.of("train", run.resolve("specification.json"), "--resume"));
      words.addAll(List.of("--run", run, "--data", other));
      Cli cli = Cli.run(words.toArray());
      assertThat(cli.exitCode()).isEqualTo(2);
      assertThat(cli.err()).hasSize(1);
      assertThat(cli.err().get(0))
          .contains("import SPEC " + run.resolve(BEST) + " --vocabulary model --data PATH");
    }
  }

  private static void copyRun(Path from, Path to) throws IOException {
    AtomicFiles.deleteRecursively(to);
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void restore(Path kept) throws IOException {
    copyRun(kept, run);
  }
}
