// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code training.freeze} from the command line: import, train, resume, export, and mistakes. */
class FreezeCommandTest {
  @TempDir Path folder;
  private Path text;

  @BeforeEach
  void write() throws IOException {
    text = Files.writeString(folder.resolve("text"), "abcadacbdabcdabdcaacbdbadcab".repeat(20));
  }

  private Cli cli(String command, List<?> arguments, String... settings) {
    List<Object> words = new ArrayList<>(List.of(command, "graphs/shakespeare-hyperlstm.json"));
    List<String> all =
        new ArrayList<>(
            List.of(
                "model={\"type\":\"language-model\",\"symbols\":4,\"cell\":{\"type\":\"lstm\",\"units\":4}}",
                "data.sequenceLength=4",
                "training.batchSize=2",
                "training.evaluateBatchSize=3",
                "training.evaluateEvery={\"steps\":3}"));
    if (Arrays.stream(settings).noneMatch(s -> s.startsWith("training.steps="))) {
      all.add("training.steps=3");
    }
    all.addAll(List.of(settings));
    all.forEach(setting -> words.addAll(List.of("--set", setting)));
    words.addAll(arguments);
    return Cli.run(words.toArray());
  }

  private Cli onText(String command, List<?> arguments, String... settings) {
    List<Object> words = new ArrayList<>(arguments);
    words.addAll(List.of("--data", text));
    return cli(command, words, settings);
  }

  private static JsonObject good(Cli cli) {
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    return cli.json();
  }

  private static void refused(Cli cli, String... words) {
    assertThat(cli.exitCode()).as(cli.err().toString()).isEqualTo(2);
    assertThat(String.join("\n", cli.err())).contains(words);
  }

  private static Map<String, NpyArray> values(Path run, String name) {
    return CheckpointFile.read(run.resolve("checkpoints").resolve(name)).values();
  }

  /** A trained net goes into a run that freezes its cell and trains the rest, and on from there. */
  @Test
  void anImportedCellKeepsItsBytes() throws IOException {
    Path first = folder.resolve("first");
    Path tuned = folder.resolve("tuned");
    String freeze = "training.freeze=[\"cell\"]";
    good(onText("train", List.of("--run", first, "--no-export", "--json")));
    Path weights = first.resolve("checkpoints/best.ckpt");
    good(onText("import", List.of(weights, "--run", tuned, "--json"), freeze));
    List<Object> resume = List.of("--run", tuned, "--resume", "--no-export", "--json");
    JsonObject json = good(onText("train", resume, freeze));
    // 4 (4 + 4) 4 + 16 in the cell, 4 4 + 4 in the softmax
    assertThat(json.get("parameters").getAsLong()).isEqualTo(144 + 20);
    assertThat(json.get("trainableParameters").getAsLong()).isEqualTo(20);
    assertThat(json.get("frozenParameters").getAsLong()).isEqualTo(144);

    Map<String, NpyArray> before = values(first, "best.ckpt");
    Map<String, NpyArray> after = values(tuned, "step-000000003.ckpt");
    for (String name : List.of("cell/W_x", "cell/W_h", "cell/b")) {
      assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
    }
    assertThat(after.get("softmax/kernel")).isNotEqualTo(before.get("softmax/kernel"));
    assertThat(after.keySet())
        .contains("optimizer/adam/softmax/kernel/m")
        .noneMatch(name -> name.startsWith("optimizer/adam/cell"));

    // the same run with another list is another training; a longer one goes on
    refused(
        onText("train", resume, "training.freeze=[\"softmax\"]"),
        "the run was made with another specification",
        "training.freeze[0] = \"cell\"",
        "received \"softmax\"");
    refused(
        onText("train", resume), "training.freeze = [\"cell\"]", "received []", "start a new run");
    good(onText("train", resume, freeze, "training.steps=5"));
    assertThat(values(tuned, "step-000000005.ckpt").get("cell/W_h"))
        .isEqualTo(before.get("cell/W_h"));

    // another list begins from the weights, not from the run
    Path thawed = folder.resolve("thawed");
    Path best = tuned.resolve("checkpoints/best.ckpt");
    good(onText("import", List.of(best, "--run", thawed, "--json")));
    good(onText("train", List.of("--run", thawed, "--resume", "--no-export", "--json")));
    assertThat(values(thawed, "step-000000003.ckpt").get("cell/W_h"))
        .isNotEqualTo(before.get("cell/W_h"));

    Path models = folder.resolve("models");
    JsonObject exported = good(Cli.run("export", tuned, "--export-dir", models, "--json"));
    Path model = Path.of(exported.get("exportDir").getAsString());
    JsonObject manifest =
        JsonParser.parseString(Files.readString(model.resolve("assets.extra/manifest.json")))
            .getAsJsonObject();
    assertThat(manifest.get("parameterCount").getAsLong()).isEqualTo(164);
    assertThat(manifest.get("trainableParameterCount").getAsLong()).isEqualTo(20);
    assertThat(manifest.getAsJsonObject("provenance").toString()).contains("\"freeze\":[\"cell\"]");
    // the variables are all there for an import
    Path again = folder.resolve("again");
    good(onText("import", List.of(model, "--run", again, "--json"), freeze));
    assertThat(values(again, "best.ckpt").get("cell/W_h")).isEqualTo(before.get("cell/W_h"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ["cel"]                       | freeze: the model has no parameter and no scope of this name | Did you mean 'cell'?
          ["cell/W_y"]                  | received 'cell/W_y'     | Did you mean 'cell/W_h'?
          ["cell","optimizer"]          | received 'optimizer'    | Did you mean
          ["cell/"]                     | training.freeze[0]      | a parameter's name or a scope, such as conv1/kernel or conv1
          "cell"                        | training.freeze         | a list, each item a text
          [3]                           | training.freeze[0]      | a text
          ["cell","softmax"]            | there is nothing to train | Freeze less of the model.
          """)
  void aMistakeIsOneErrorAndNothingIsWritten(String list, String words, String more) {
    Path run = folder.resolve("run");
    refused(onText("train", List.of("--run", run), "training.freeze=" + list), words, more);
    assertThat(run).doesNotExist();
    if (!words.startsWith("there is nothing")) {
      refused(cli("inspect", List.of(), "training.freeze=" + list), words, more);
    }
  }

  @Test
  void inspectCountsThem() {
    Cli inspect = cli("inspect", List.of("--json"), "training.freeze=[\"cell\"]");
    JsonObject json = good(inspect);
    assertThat(json.get("frozenParameters").getAsLong()).isEqualTo(144);
    assertThat(json.get("trainableParameters").getAsLong()).isEqualTo(20);
    assertThat(String.join("\n", inspect.err())).containsPattern("frozen +144");
    assertThat(good(cli("inspect", List.of("--json"))).get("frozenParameters").getAsLong())
        .isZero();
  }
}
