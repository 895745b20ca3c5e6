// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.TextFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

class InspectCommandTest {
  /** Numbers of the paper's section 4.1: 4,244 instead of 12,544 for the second kernel. */
  @Test
  void countsTheParametersOfTheHyperNetwork() {
    Cli inspect = Cli.run("inspect", Cli.SPEC, "--json");

    assertThat(inspect.exitCode()).isZero();
    assertThat(inspect.out()).hasSize(1);
    JsonObject json = inspect.json();
    assertThat(json.get("name").getAsString()).isEqualTo("mnist-hyper");
    assertThat(json.get("parameters").getAsLong()).isEqualTo(12_910);
    assertThat(json.get("trainableParameters").getAsLong()).isEqualTo(12_910);
    assertThat(json.get("plainParameters").getAsLong()).isEqualTo(21_210);
    assertThat(json.get("generatorParameters").getAsLong()).isEqualTo(4_244);
    assertThat(json.get("generatedWeights").getAsLong()).isEqualTo(12_544);
    JsonObject groups = json.getAsJsonObject("groups");
    assertThat(groups.get("generator").getAsLong()).isEqualTo(4_240);
    assertThat(groups.get("embeddings").getAsLong()).isEqualTo(4);
    assertThat(groups.get("conv1").getAsLong()).isEqualTo(800);
    assertThat(groups.get("dense").getAsLong()).isEqualTo(7_850);
    assertThat(groups.entrySet().stream().mapToLong(g -> g.getValue().getAsLong()).sum())
        .isEqualTo(12_910);
    assertThat(String.join("\n", inspect.err())).contains("12,910").contains("21,210");
  }

  @Test
  void countsThePlainNetwork() {
    Cli inspect = Cli.run("inspect", "graphs/mnist-plain.json", "--json");

    JsonObject json = inspect.json();
    assertThat(json.get("parameters").getAsLong()).isEqualTo(21_210);
    assertThat(json.getAsJsonObject("groups").get("conv2").getAsLong()).isEqualTo(12_544 + 16);
    assertThat(json.get("generatorParameters").getAsLong()).isZero();
  }

  /** The exact count, and beside it why the paper's table shows another. */
  @Test
  void countsTheParametersOfALanguageModel() {
    Cli inspect = Cli.run("inspect", "graphs/ptb-ln-hyperlstm-large.json", "--json");

    JsonObject json = inspect.json();
    assertThat(json.get("parameters").getAsLong()).isEqualTo(5_085_682);
    assertThat(json.get("plainParameters").getAsLong()).isEqualTo(5_085_682);
    assertThat(json.get("generatedWeights").getAsLong()).isZero();
    // 8 (M E + E + E N) + 4 (M E + E N) with N 1000, M 128, E 16
    assertThat(json.get("generatorParameters").getAsLong())
        .isEqualTo(8 * (2_048 + 16 + 16_000) + 4 * (2_048 + 16_000));
    assertThat(json.getAsJsonObject("groups").get("softmax").getAsLong()).isEqualTo(50_050);
    assertThat(String.join("\n", inspect.err())).contains("5.06 M").contains("5,085,682");
  }

  @Test
  void printsTheTableWithoutJson() {
    Cli inspect = Cli.run("inspect", Cli.SPEC);

    assertThat(inspect.err()).isEmpty();
    assertThat(String.join("\n", inspect.out()))
        .contains("4,244 parameters instead of 12,544")
        .doesNotContain("{");
  }

  @Test
  void writesBothGraphsInBothNotations(@TempDir Path folder) throws Exception {
    Path binary = folder.resolve("training.pb");
    Path text = folder.resolve("inference.pbtxt");
    assertThat(Cli.run("inspect", Cli.SPEC, "--graph", binary).exitCode()).isZero();
    assertThat(Cli.run("inspect", Cli.SPEC, "--graph", text, "--graph-of", "inference").exitCode())
        .isZero();

    GraphDef training = GraphDef.parseFrom(Files.readAllBytes(binary));
    assertThat(training.getNodeList())
        .extracting(NodeDef::getName)
        .contains("conv1/kernel", "training/learning_rate", "training/step");
    GraphDef inference = TextFormat.parse(Files.readString(text), GraphDef.class);
    assertThat(inference.getNodeList())
        .extracting(NodeDef::getName)
        .contains("conv1/kernel", "inference/image", "inference/probabilities")
        .noneMatch(name -> name.startsWith("training/"));
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("training.pb", "inference.pbtxt");
  }

  @Test
  void setChangesTheModel() {
    Cli inspect = Cli.run("inspect", Cli.SPEC, "--set", "model.filters=8", "--json");

    // 7*7*1*8+8, 7*7*8*8 generated, 8, 7*7*8*10+10; generator with N_z = d = 4 and f*f*N_out = 392:
    // projections 8*(4*4+4), shared layer 4*392+392; embedding 4
    int generator = 8 * (4 * 4 + 4) + 4 * 392 + 392;
    assertThat(inspect.json().get("parameters").getAsLong())
        .isEqualTo(400 + 8 + 3_930 + generator + 4);
  }
}
