// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code import} of weights that Python wrote (checkpoint/foreign/make.py), with the numbers that
 * NumPy laid out there, and of our own models.
 */
class ImportCommandTest {
  private static final String HYPER =
      "{\"type\":\"hyper-lstm\",\"units\":4,\"hyperUnits\":3,\"embeddingSize\":2}";
  private static final String PLAIN = "{\"type\":\"lstm\",\"units\":4}";
  private static final String SOFTMAX =
      """
      {"rules": [
        {"ours": "softmax/kernel", "from": [{"name": "proj/w",
          "steps": [{"type": "transpose", "axes": [1, 0]}]}]},
        {"ours": "softmax/bias", "from": ["proj/b"]}
      ]}
      """;

  @TempDir Path folder;
  private Path run;
  private Path text;
  private Path softmax;

  @BeforeEach
  void write() throws IOException {
    run = folder.resolve("run");
    text = Files.writeString(folder.resolve("text"), "abcadacbdabcdabdcaacbdbadcab".repeat(20));
    softmax = Files.writeString(folder.resolve("softmax.json"), SOFTMAX);
  }

  private static Path foreign(String name) {
    try {
      return Path.of(
              Objects.requireNonNull(
                      ImportCommandTest.class.getResource("/checkpoint/foreign/make.py"))
                  .toURI())
          .resolveSibling(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Object> spec(String cell) {
    List<Object> words = new ArrayList<>(List.of("graphs/shakespeare-hyperlstm.json"));
    for (String setting :
        List.of(
            "model={\"type\":\"language-model\",\"symbols\":4,\"cell\":" + cell + "}",
            "data.sequenceLength=4",
            "training.batchSize=2",
            "training.evaluateBatchSize=3",
            "training.steps=3",
            "training.evaluateEvery={\"steps\":3}")) {
      words.addAll(List.of("--set", setting));
    }
    words.addAll(List.of("--data", text));
    return words;
  }

  private static Cli cli(String command, List<Object> spec, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command));
    words.addAll(spec);
    words.addAll(Arrays.asList(more));
    return Cli.run(words.toArray());
  }

  private Cli importLstm(Object weights, Object... more) {
    List<Object> words = new ArrayList<>(List.of(weights, "--run", run));
    words.addAll(Arrays.asList(more));
    return cli("import", spec(PLAIN), words.toArray());
  }

  private static void assertGood(Cli cli) {
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
  }

  private static Map<String, NpyArray> model(Path run) {
    Checkpoint best = CheckpointFile.read(run.resolve("checkpoints/best.ckpt"));
    assertThat(best.step()).isZero();
    Map<String, NpyArray> model = new LinkedHashMap<>(best.values());
    model.keySet().removeIf(name -> name.startsWith("optimizer/") || name.startsWith("state/"));
    return model;
  }

  /**
   * Every one of our commands takes the run; the way back through our SavedModel changes no bit.
   */
  @Test
  void anImportedRunIsExportedImportedContinuedAndWritesText() throws IOException {
    Path again = folder.resolve("again");
    Path models = folder.resolve("models");
    Cli first = cli("import", spec(HYPER), foreign("hyper-lstm.npz"), "--run", run, "--json");
    assertGood(first);
    assertThat(model(run)).isEqualTo(Npz.read(foreign("hyper-lstm.npz")));
    double bpc = first.json().getAsJsonObject("validation").get("bpc").getAsDouble();
    assertThat(bpc).isBetween(0.5, 20.0);

    Cli export = Cli.run("export", run, "--export-dir", models, "--json");
    assertGood(export);
    Path model = Path.of(export.json().get("exportDir").getAsString());
    assertThat(Files.readString(model.resolve("assets.extra/manifest.json")))
        .contains("\"import\": {", "hyper-lstm.npz", "NumPy archive");
    Cli back = cli("import", spec(HYPER), model, "--run", again, "--json");
    assertGood(back);
    assertThat(back.json().get("kind").getAsString()).isEqualTo("SavedModel");
    assertThat(back.json().get("extra").getAsJsonArray()).isEmpty();
    assertThat(model(again)).isEqualTo(model(run));
    assertThat(back.json().get("validation")).isEqualTo(first.json().get("validation"));
    Cli fromRun = Cli.run("generate", run, "--prompt", "ab", "--length", 30);
    assertGood(fromRun);
    assertThat(Cli.run("generate", again, "--prompt", "ab", "--length", 30).out())
        .isEqualTo(fromRun.out());

    Cli resumed = cli("train", spec(HYPER), "--run", again, "--resume", "--no-export", "--json");
    assertGood(resumed);
    assertThat(resumed.json().get("steps").getAsLong()).isEqualTo(3);
    assertThat(resumed.json().get("stepsNow").getAsLong()).isEqualTo(3);
    Checkpoint last = CheckpointFile.read(again.resolve("checkpoints/step-000000003.ckpt"));
    assertThat(last.values().get("cell/W_x")).isNotEqualTo(model(run).get("cell/W_x"));
  }

  @Test
  void supercellsLayoutComesOutOfATensorFlow1Checkpoint() throws IOException {
    for (String weights : List.of("tf1/model.ckpt-9000", "tf1/model.ckpt-9000.index", "tf1")) {
      Path own = folder.resolve("run" + weights.length());
      Cli cli =
          cli(
              "import",
              spec(HYPER),
              foreign(weights),
              "--run",
              own,
              "--mapping",
              "supercell",
              "--mapping",
              softmax,
              "--json");
      assertGood(cli);
      assertThat(cli.json().get("kind").getAsString()).isEqualTo("TensorFlow checkpoint");
      assertThat(cli.json().get("rounded").toString()).isEqualTo("[\"softmax/kernel\"]");
      assertThat(cli.json().get("extra").toString()).isEqualTo("[\"global_step\"]");
      assertThat(model(own)).isEqualTo(Npz.read(foreign("hyper-lstm.npz")));
    }
  }

  @ParameterizedTest
  @CsvSource({"tf2/ck, 12", "python, 0", "lstm.npz, 0"})
  void tensorFlow2FindsByPathOrByNameOfTheVariable(String weights, int extra) {
    Cli cli = importLstm(foreign(weights), "--json");

    assertGood(cli);
    assertThat(cli.json().get("extra").getAsJsonArray()).hasSize(extra);
    assertThat(model(run)).isEqualTo(Npz.read(foreign("lstm.npz")));
  }

  @Test
  void aDryRunTellsAndTouchesNothing() {
    Cli cli = importLstm(foreign("tf2/ck"), "--dry-run");

    assertGood(cli);
    assertThat(cli.out())
        .contains("  cell/W_x from cell/W_x/.ATTRIBUTES/VARIABLE_VALUE")
        .contains(
            "12 arrays are extra and left out, which is allowed:",
            "  and 2 more, which --json lists");
    assertThat(cli.out().get(0)).startsWith("5 of 5 parameters are in ");
    assertThat(run).doesNotExist();
  }

  private void assertRefused(Cli cli, String... words) {
    assertThat(cli.exitCode()).as(cli.err().toString()).isEqualTo(2);
    assertThat(cli.err()).filteredOn(line -> line.startsWith("error: ")).hasSize(1);
    assertThat(String.join("\n", cli.err())).contains(words);
    assertThat(run).doesNotExist();
  }

  @Test
  void whatDoesNotFitIsListedBeforeAnythingIsTouched() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(foreign("lstm.npz")));
    arrays.remove("cell/W_h");
    arrays.put("cell/b", NpyArray.of(new float[12], 12));
    float[] kernel = Objects.requireNonNull(arrays.get("softmax/kernel")).floats();
    kernel[3] = Float.NaN;
    kernel[9] = Float.NEGATIVE_INFINITY;
    arrays.put("softmax/kernel", NpyArray.of(kernel, 4, 4));
    arrays.put("softmax/bias", NpyArray.of(new double[] {1e300, 0, 0, 0}, 4));
    arrays.put("cell/W_hh", NpyArray.of(new float[1], 1));
    Path file = folder.resolve("broken.npz");
    Npz.write(file, arrays);

    Cli cli = importLstm(file, "--json");

    assertRefused(
        cli,
        "  missing: cell/W_h [4, 16] needs 'cell/W_h', nearest is 'cell/W_hh'",
        "  mismatched: cell/b is [16], from cell/b it would be [12]",
        "softmax/kernel from softmax/kernel has 2 of 16 numbers that are NaN or infinite",
        "softmax/bias: a number is too large for a parameter",
        "error: " + file + ": does not fit the model; 1 missing and 3 mismatched, listed above");
    JsonObject json = cli.json();
    assertThat(json.get("missing").getAsJsonArray()).hasSize(1);
    assertThat(json.get("mismatched").getAsJsonArray()).hasSize(3);
    assertThat(json.get("extra").toString()).isEqualTo("[\"cell/W_hh\"]");
    assertThat(json.get("exitCode").getAsInt()).isEqualTo(2);
    assertRefused(importLstm(file, "--dry-run"), "1 missing and 3 mismatched");
  }

  /** Layer normalisation in the file and none in the model: same shapes, another function. */
  @Test
  void whatWouldComputeSomethingElseIsRefused() {
    String withoutNorm = HYPER.replace("}", ",\"layerNorm\":false,\"hyperLayerNorm\":false}");
    assertRefused(
        cli(
            "import",
            spec(withoutNorm),
            foreign("tf1"),
            "--run",
            run,
            "--mapping",
            "supercell",
            "--mapping",
            softmax),
        "mismatched: rnn/HyperLSTMCell/ln_all/ln_gamma float [16] of the file has no counterpart",
        "0 missing and 8 mismatched");
    assertRefused(
        cli("import", spec(HYPER), foreign("tf1"), "--run", run, "--mapping", "magenta"),
        "missing: cell/embedding/A_b [3, 8] needs '**/HyperLSTMCell/hyper_ih/zb/super_linear_w'");
  }

  @Test
  void damagedWeightsAreNamed() throws IOException {
    for (String name : List.of("ck.index", "ck.data-00000-of-00001")) {
      Files.copy(foreign("tf2").resolve(name), folder.resolve(name));
    }
    Path data = folder.resolve("ck.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    Arrays.fill(bytes, (byte) 1);
    Files.write(data, bytes);
    assertRefused(importLstm(folder.resolve("ck")), "ck: _CHECKPOINTABLE_OBJECT_GRAPH: damaged");
    Files.delete(data);
    assertRefused(importLstm(folder.resolve("ck")), "there is no such file");
    Files.write(folder.resolve("ck.index"), new byte[100]);
    assertRefused(importLstm(folder.resolve("ck")), "ck.index: damaged, or not the index");
    Files.write(folder.resolve("cut.npz"), new byte[100]);
    assertRefused(importLstm(folder.resolve("cut.npz")), "cut.npz: not a whole .npz archive");
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.write(model.resolve("saved_model.pb"), new byte[0]);
    assertRefused(importLstm(model), "there is no TensorFlow checkpoint of this name");
  }

  @Test
  void wrongArgumentsAreToldInOneLine() throws IOException {
    assertRefused(importLstm(folder.resolve("no.ckpt")), "no.ckpt: no weights are known");
    assertRefused(importLstm(folder), "holds no weights of a known form");
    assertRefused(importLstm(text), "no weights are known in this form", "another file");
    assertRefused(
        importLstm(foreign("lstm.npz"), "--mapping", "supercel"),
        "supercel: there is no such mapping",
        "supercell, supercell-lstm, magenta, magenta-lstm");
    Path mapping = Files.writeString(folder.resolve("m.json"), "{\"rule\": []}");
    assertRefused(importLstm(foreign("lstm.npz"), "--mapping", mapping), "rule", "rules");
    Files.writeString(mapping, "{\"rules\": [{\"ours\": \"cell/b\"}]}");
    assertRefused(
        importLstm(foreign("lstm.npz"), "--mapping", mapping),
        "m.json",
        "rules[0]",
        "a rule needs one origin");
    assertRefused(cli("import", spec(PLAIN), foreign("lstm.npz")), "import: --run needs DIR");
  }

  @Test
  void aFolderInUseStaysAsItIsAndAFailureLeavesNone() throws IOException {
    Path used = Files.createDirectory(folder.resolve("used"));
    Files.writeString(used.resolve("notes"), "mine");
    Cli cli = cli("import", spec(PLAIN), foreign("lstm.npz"), "--run", used);
    assertRefused(cli, "used: is not free for a new run");
    assertThat(used.toFile().list()).containsExactly("notes");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Files.delete(text);
    assertRefused(importLstm(foreign("lstm.npz")), "text");
    // five symbols, and a model of four: seen when the data are read
    Files.writeString(text, "abcde".repeat(100));
    assertRefused(cli("import", spec(PLAIN), foreign("lstm.npz"), "--run", empty), "error: ");
    assertThat(empty).isEmptyDirectory();
    // weights so large that the model gives no finite loss: the folder is made by then
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(foreign("lstm.npz")));
    float[] kernel = new float[16];
    Arrays.fill(kernel, Float.MAX_VALUE);
    arrays.put("softmax/kernel", NpyArray.of(kernel, 4, 4));
    Path huge = folder.resolve("huge.npz");
    Npz.write(huge, arrays);
    Files.writeString(text, "abcd".repeat(100));
    assertRefused(importLstm(huge), "the model produces no finite numbers with these weights");
    assertRefused(cli("import", spec(PLAIN), huge, "--run", empty), "no finite numbers");
    assertThat(empty).isEmptyDirectory();
  }
}
