// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare} on a few steps of the built-in sample. */
class CompareCommandTest {
  private static final String SPEC = "graphs/generators-mnist.json";

  @TempDir Path folder;

  private Cli compare(Object... more) {
    List<Object> words = new ArrayList<>(List.of("compare", SPEC, "--runs", folder, "--json"));
    words.addAll(List.of("--only", "plain,two-layer-linear", "--threads", 1));
    words.addAll(List.of("--set", "training.steps=80", "--set", "training.evaluateEvery.steps=40"));
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  @Test
  void trainsEachModelAndGoesOnWhereItStopped() throws IOException {
    Cli first = compare();

    assertThat(first.exitCode()).as(first.err().toString()).isZero();
    JsonArray models = first.json().getAsJsonArray("models");
    JsonObject plain = models.get(0).getAsJsonObject();
    JsonObject generated = models.get(1).getAsJsonObject();
    // 784 * 256 + 256 + 256 * 10 + 10
    assertThat(plain.get("parameters").getAsLong()).isEqualTo(203_530);
    assertThat(plain.get("generatorParameters").getAsLong()).isZero();
    assertThat(plain.get("generationMillis").getAsDouble()).isZero();
    // 49 * 16 blocks with 16 numbers each; 16 * 16 * 17 + 16 * 17 for the generator (section 1)
    assertThat(generated.get("generatorParameters").getAsLong()).isEqualTo(784 * 16 + 4_624);
    assertThat(generated.get("parameters").getAsLong()).isEqualTo(17_168 + 2_826);
    for (JsonObject model : List.of(plain, generated)) {
      assertThat(model.get("testError").getAsDouble()).isBetween(0.01, 0.8); // chance is 0.9
      assertThat(model.get("stepMillis").getAsDouble()).isPositive();
    }
    assertThat(generated.get("generationMillis").getAsDouble()).isPositive();
    Path runs = folder.resolve("generators-mnist");
    assertThat(Files.readAllLines(runs.resolve("comparison.md")))
        .hasSize(4)
        .anyMatch(line -> line.startsWith("| two-layer-linear |") && line.contains(" 17,168 |"));
    assertThat(Files.readAllLines(runs.resolve("comparison.csv"))).hasSize(3);

    // the schedule is made for 720 steps of the sample, 80 of them were trained
    assertThat(first.err())
        .anyMatch(
            line ->
                line.startsWith("warning: plain: its schedule")
                    && line.contains("made for 720 steps, the run has 80"));
    assertThat(first.json().getAsJsonArray("warnings")).hasSize(2);
    assertThat(ImageIO.read(runs.resolve("comparison-table.png").toFile()).getWidth())
        .isGreaterThan(800);
    assertThat(Files.readString(runs.resolve("comparison-table.svg")))
        .contains(">203,530</text>", ">two-layer-linear</text>", ">validation error</text>");

    Cli again = compare();
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).anyMatch(line -> line.contains("there is a run of this model already"));

    Cli resumed = compare("--resume");
    assertThat(resumed.exitCode()).as(resumed.err().toString()).isZero();
    JsonArray same = resumed.json().getAsJsonArray("models");
    for (int i = 0; i < 2; i++) {
      assertThat(same.get(i).getAsJsonObject().get("testError"))
          .isEqualTo(models.get(i).getAsJsonObject().get("testError"));
      assertThat(same.get(i).getAsJsonObject().get("validationError"))
          .isEqualTo(models.get(i).getAsJsonObject().get("validationError"));
    }
  }

  @Test
  void namesTheModelsThereAre() {
    Cli cli = Cli.run("compare", SPEC, "--runs", folder, "--only", "plane");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains("--only", "there is no such model", "plain", "'plane'");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesAnExperimentThatIsNoComparison() {
    Cli cli = Cli.run("compare", Cli.SPEC, "--runs", folder);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err().get(0)).contains(Cli.SPEC, "unknown key 'model'", "candidates");
    assertThat(folder).isEmptyDirectory();
  }
}
