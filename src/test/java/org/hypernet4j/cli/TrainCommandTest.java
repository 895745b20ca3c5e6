// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One short training on the built-in sample, and what can be done with what it leaves. */
class TrainCommandTest {
  private static final int STEPS = 30;

  @TempDir static Path folder;
  private static Cli trained;

  private static Cli train(Object... more) {
    Stream<Object> words =
        Stream.of(
            "train",
            Cli.SPEC,
            "--runs",
            folder.resolve("runs"),
            "--export-dir",
            folder.resolve("models"),
            "--set",
            "training.steps=" + STEPS,
            "--set",
            "training.batchSize=20",
            "--set",
            "training.evaluateEvery={\"steps\": 15}");
    return Cli.run(Stream.concat(words, Arrays.stream(more)).toArray());
  }

  @BeforeAll
  static void trainOnce() {
    trained = train("--json");
  }

  private static Path run() {
    return folder.resolve("runs/mnist-hyper/1");
  }

  @Test
  void endsWithOneJsonObject() {
    assertThat(trained.err().toString()).doesNotContain("error:");
    assertThat(trained.exitCode()).isZero();
    assertThat(trained.out()).hasSize(1);
    JsonObject json = trained.json();
    assertThat(json.keySet())
        .contains(
            "testError",
            "validationError",
            "trainableParameters",
            "parameters",
            "steps",
            "seconds",
            "trainSeconds",
            "stepMillis",
            "firstStepMillis",
            "outsideRunPercent",
            "exportDir",
            "verified",
            "maxAbsDifference",
            "runDir",
            "bestStep",
            "data",
            "name");
    assertThat(json.get("trainableParameters").getAsLong()).isEqualTo(12_910);
    assertThat(json.get("steps").getAsLong()).isEqualTo(STEPS);
    assertThat(json.get("verified").getAsBoolean()).isTrue();
    assertThat(json.get("maxAbsDifference").getAsDouble()).isBetween(0.0, 1e-5);
    assertThat(json.get("testError").getAsDouble()).isBetween(0.0, 0.95);
    assertThat(json.get("seconds").getAsDouble())
        .isGreaterThanOrEqualTo(json.get("trainSeconds").getAsDouble());
    assertThat(json.get("data").getAsString()).isEqualTo("built-in sample");
    assertThat(Path.of(json.get("runDir").getAsString())).isEqualTo(run());
  }

  @Test
  void tellsPeopleTheSame() {
    assertThat(String.join("\n", trained.err()))
        .contains("training mnist-hyper on CPU", "30 steps of 20", "test error", "12,910")
        .contains("21,210", "exported to", "verified in a fresh JVM");
  }

  @Test
  void leavesARunFolder() throws IOException {
    List<JsonObject> lines =
        Files.readAllLines(run().resolve("metrics.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(lines)
        .filteredOn(line -> line.get("kind").getAsString().equals("train"))
        .extracting(line -> line.get("step").getAsLong())
        .containsExactly(10L, 20L, 30L);
    assertThat(lines)
        .filteredOn(line -> line.get("kind").getAsString().equals("validation"))
        .extracting(line -> line.get("step").getAsLong())
        .containsExactly(15L, 30L);
    assertThat(run().toFile().list())
        .anyMatch(name -> name.startsWith("events.out.tfevents"))
        .contains("specification.json");
    assertThat(run().resolve("checkpoints/best.ckpt")).isRegularFile();
    for (String kernel : List.of("conv1", "conv2")) {
      assertThat(ImageIO.read(run().resolve("kernels/" + kernel + ".png").toFile())).isNotNull();
    }
  }

  @Test
  void theExportVerifies() {
    Path model = Path.of(trained.json().get("exportDir").getAsString());
    Cli verify = Cli.run("verify", model, "--json");

    assertThat(verify.exitCode()).isZero();
    assertThat(verify.json().get("verified").getAsBoolean()).isTrue();
    assertThat(verify.json().get("maxAbsDifference").getAsDouble()).isBetween(0.0, 1e-5);
  }

  @Test
  void aDamagedExportDoesNotVerify() throws IOException {
    Path models = folder.resolve("damaged");
    Cli export = Cli.run("export", run(), "--export-dir", models, "--json");
    assertThat(export.exitCode()).isZero();
    Path model = Path.of(export.json().get("exportDir").getAsString());
    flipByte(model.resolve("variables/variables.data-00000-of-00001"));

    Cli verify = Cli.run("verify", model);

    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.out()).isEmpty();
    assertThat(verify.err()).isNotEmpty().allMatch(line -> line.startsWith("error: "));
    assertThat(verify.err().get(0)).contains("changed-file", "variables.data");
  }

  @Test
  void exportsBothFormsWithTheirSizes() {
    Path models = folder.resolve("both");
    Cli generated = Cli.run("export", run(), "--export-dir", models, "--json");
    Cli baked = Cli.run("export", run(), "--export-dir", models, "--form", "baked", "--json");

    assertThat(baked.exitCode()).isZero();
    JsonObject json = baked.json();
    assertThat(json.get("exportDir").getAsString())
        .isEqualTo(models.resolve("mnist-hyper-baked/1").toString());
    assertThat(json.get("maxAbsDifference").getAsDouble()).isBetween(0.0, 1e-5);
    // 4 bytes each of 21,210 against 12,910 parameters; graph and index beside them
    assertThat(json.get("exportBytes").getAsLong()).isGreaterThan(4 * 21_210);
    for (JsonObject each : List.of(json, generated.json(), trained.json())) {
      assertThat(each.get("bakedBytes")).isEqualTo(json.get("exportBytes"));
      assertThat(each.get("generatedBytes")).isEqualTo(generated.json().get("exportBytes"));
      // two graphs that sum in another order, in float32
      assertThat(each.get("formDifference").getAsDouble()).isBetween(0.0, 1e-4);
    }
    assertThat(json.get("generatedBytes").getAsLong())
        .isBetween(4 * 12_910L, json.get("exportBytes").getAsLong());
    assertThat(models.toFile().list())
        .containsExactlyInAnyOrder("mnist-hyper", "mnist-hyper-baked");
    assertThat(models.resolve("mnist-hyper-baked").toFile().list()).containsExactly("1");
    assertThat(String.join("\n", baked.err()))
        .contains("those of a session reopened from the best checkpoint, where the generator runs,")
        .contains("the generated form takes", "the baked form", "their outputs differ by at most");
    assertThat(String.join("\n", trained.err())).contains("those of the trained session");
  }

  @Test
  void theManifestTellsVersionsAndMetrics() throws IOException {
    Path model = Path.of(trained.json().get("exportDir").getAsString());
    JsonObject manifest =
        JsonParser.parseString(Files.readString(model.resolve("assets.extra/manifest.json")))
            .getAsJsonObject();

    assertThat(manifest.getAsJsonObject("versions").keySet())
        .containsExactly("hypernet4j", "tensorflow", "java");
    JsonObject provenance = manifest.getAsJsonObject("provenance");
    assertThat(provenance.getAsJsonObject("test").get("error").getAsDouble())
        .isEqualTo(trained.json().get("testError").getAsDouble());
    assertThat(provenance.getAsJsonObject("validation").get("error").getAsDouble())
        .isEqualTo(trained.json().get("validationError").getAsDouble());
  }

  @Test
  void aNameLikeThatOfABakedFormIsRefusedBeforeTraining() {
    Cli cli = train("--set", "name=digits-baked");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains("'-baked'", "received 'digits-baked'", "--no-export");
    assertThat(folder.resolve("runs/digits-baked")).doesNotExist();
  }

  @Test
  void aFinishedRunResumesToItsEnd() {
    Cli again = train("--resume", "--run", run(), "--no-export", "--json");

    assertThat(again.exitCode()).isZero();
    assertThat(again.json().get("stepsNow").getAsLong()).isZero();
    assertThat(again.json().get("testError")).isEqualTo(trained.json().get("testError"));
    assertThat(again.json().get("exportDir").isJsonNull()).isTrue();
  }

  @Test
  void anotherSpecificationDoesNotResume() {
    Cli cli = train("--resume", "--run", run(), "--set", "training.seed=9");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: ").contains("another specification");
  }

  @Test
  void aUsedRunFolderIsNotOverwritten() {
    Cli cli = train("--run", run());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains("holds a run already", "--resume");
  }

  @Test
  void damagedCheckpointsDoNotResume() throws IOException {
    Path copy = folder.resolve("damaged-run");
    Files.createDirectories(copy.resolve("checkpoints"));
    Files.copy(run().resolve("specification.json"), copy.resolve("specification.json"));
    try (Stream<Path> files = Files.list(run().resolve("checkpoints"))) {
      for (Path file : files.toList()) {
        Path target = copy.resolve("checkpoints").resolve(file.getFileName());
        Files.copy(file, target);
        flipByte(target);
      }
    }

    Cli cli = train("--resume", "--run", copy);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: ").contains("none of the checkpoints");
    assertThat(Cli.run("export", copy).exitCode()).isEqualTo(2);
  }

  private static void flipByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
