// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.language.LanguageRun;
import org.hypernet4j.language.TrainedLanguageModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code import} makes of weights beyond their shapes: symbols, settings, other layouts. */
class ImportOriginTest {
  private static final String PERIOD = "abcadacbdabcdabdcaacbdbadcab";

  @TempDir Path folder;
  private Path run;
  private Path text;

  @BeforeEach
  void write() throws IOException {
    run = folder.resolve("run");
    text = text("text", PERIOD);
  }

  private Path text(String name, String period) throws IOException {
    return Files.writeString(folder.resolve(name), period.repeat(20));
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(ImportOriginTest.class.getResource("/checkpoint/" + name))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Cli cli(String command, String model, Path data, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command, "graphs/shakespeare-hyperlstm.json"));
    for (String setting :
        List.of(
            "model={\"type\":\"language-model\",\"symbols\":4," + model + "}",
            "data.sequenceLength=4",
            "training.batchSize=2",
            "training.evaluateBatchSize=1",
            "training.steps=3",
            "training.evaluateEvery={\"steps\":3}")) {
      words.addAll(List.of("--set", setting));
    }
    words.addAll(List.of("--data", data));
    words.addAll(Arrays.asList(more));
    return Cli.run(words.toArray());
  }

  private static final String LSTM = "\"cell\":{\"type\":\"lstm\",\"units\":4}";

  private static void assertGood(Cli cli) {
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
  }

  private void assertRefused(Cli cli, String... words) {
    assertThat(cli.exitCode()).as(cli.out() + " " + cli.err()).isEqualTo(2);
    assertThat(cli.err()).filteredOn(line -> line.startsWith("error: ")).hasSize(1);
    assertThat(String.join("\n", cli.err())).contains(words);
    assertThat(folder.resolve("again")).doesNotExist();
  }

  private Path exported() {
    assertGood(cli("import", LSTM, text, resource("foreign/lstm.npz"), "--run", run));
    Cli export = Cli.run("export", run, "--export-dir", folder.resolve("models"), "--json");
    assertGood(export);
    return Path.of(export.json().get("exportDir").getAsString());
  }

  /** The same number of letters fits, and each id would stand for another one. */
  @Test
  void weightsStayWithTheirSymbols() throws IOException {
    Path model = exported();
    Path best = run.resolve("checkpoints/best.ckpt");
    Path other = text("other", PERIOD.replace('c', 'x'));
    Path fewer = text("fewer", PERIOD.replace('b', 'd'));
    Path again = folder.resolve("again");
    for (Path weights : List.of(model, best)) {
      String[] first = {
        "other: its symbols are not those of " + weights + ": ids from 2 on would stand for others",
        "expected 'c' (U+0063) as symbol 2, received 'd' (U+0064)",
        "--vocabulary model"
      };
      assertRefused(cli("import", LSTM, other, weights, "--run", again), first);
      assertRefused(cli("import", LSTM, other, weights, "--run", again, "--dry-run"), first);
      assertRefused(
          cli("import", LSTM, fewer, weights, "--run", again),
          "expected 'b' (U+0062) as symbol 1, received 'c' (U+0063)");
      assertRefused(
          cli("import", LSTM, other, weights, "--run", again, "--vocabulary", "model"),
          "other: unknown symbol 'x' (U+0078) at position 2 (counted from 0)");
    }
    assertRefused(
        cli(
            "import",
            LSTM,
            text,
            resource("foreign/lstm.npz"),
            "--run",
            again,
            "--vocabulary",
            "model"),
        "--vocabulary model: these weights bring no symbols");
    Path same = folder.resolve("same");
    assertGood(cli("import", LSTM, text, best, "--run", same));
    assertThat(Cli.run("generate", same, "--length", 20).out())
        .isEqualTo(Cli.run("generate", run, "--length", 20).out());
  }

  /** A text without b: what the old run measures on it is what the new one reports and goes on. */
  @Test
  void theModelsSymbolsCanBeKept() throws IOException {
    Path model = exported();
    Path fewer = text("fewer", PERIOD.replace('b', 'd'));
    Path again = folder.resolve("again");
    Cli kept = cli("import", LSTM, fewer, model, "--run", again, "--vocabulary", "model", "--json");
    assertGood(kept);

    LanguageRun before = LanguageRun.open(run);
    assertThat(LanguageRun.open(again).vocabulary()).isEqualTo(before.vocabulary());
    assertThat(
            Vocabulary.fromJson(
                JsonParser.parseString(Files.readString(again.resolve("vocabulary.json"))), "file"))
        .isEqualTo(before.vocabulary());
    try (TrainedLanguageModel best = before.best()) {
      String validation = PERIOD.replace('b', 'd'); // 5 % of 20 periods, after 90 %
      double bpc =
          Objects.requireNonNull(
              best.measure(before.vocabulary().encode(TextPart.of("fewer", validation)))
                  .get("bpc"));
      assertThat(kept.json().getAsJsonObject("validation").get("bpc").getAsDouble())
          .isCloseTo(bpc, within(1e-5));
    }
    assertThat(Cli.run("generate", again, "--length", 20, "--prompt", "b").out())
        .isEqualTo(Cli.run("generate", run, "--length", 20, "--prompt", "b").out());
    Cli resumed = cli("train", LSTM, fewer, "--run", again, "--resume", "--no-export", "--json");
    assertGood(resumed);
    assertThat(resumed.json().get("steps").getAsLong()).isEqualTo(3);
    assertThat(LanguageRun.open(again).vocabulary()).isEqualTo(before.vocabulary());
  }

  @Test
  void aRunGoesOnWithItsSymbolsOnly() throws IOException {
    assertGood(cli("import", LSTM, text, resource("foreign/lstm.npz"), "--run", run));
    Path other = text("other", PERIOD.replace('d', 'e'));
    assertRefused(
        cli("train", LSTM, other, "--run", run, "--resume", "--no-export"),
        "other: its symbols are not those of the run: ids from 3 on would stand for others",
        "expected 'd' (U+0064) as symbol 3, received 'e' (U+0065)");
    assertRefused(
        cli("train", LSTM, text("x", PERIOD.replace('b', 'd')), "--run", run, "--resume"),
        "the run was made with other data");
  }

  /** Settings that no shape shows: equal weights, another function. */
  @Test
  void weightsStayWithTheirSettings() {
    Path model = exported();
    String other = LSTM.replace("}", ",\"forgetBias\":0}");
    for (Path weights : List.of(model, run.resolve("checkpoints/best.ckpt"))) {
      assertRefused(
          cli("import", other, text, weights, "--run", folder.resolve("again")),
          "model.cell.forgetBias: with this setting the weights would be another function",
          "expected 1.0, as they were trained, received 0.0");
    }
    assertGood(
        cli(
            "import",
            LSTM.replace("}", ",\"initializer\":\"reference\"}")
                + ",\"keep\":{\"input\":0.9,\"output\":0.8}",
            text,
            model,
            "--run",
            folder.resolve("dropout")));
  }

  /** PyTorch's own result for the validation text, which make.py printed. */
  @Test
  void anLstmOfPyTorchGivesPyTorchsBits() throws IOException {
    Path head =
        Files.writeString(
            folder.resolve("head.json"),
            """
            {"rules": [
              {"ours": "softmax/kernel", "from": [{"name": "fc.weight",
                "steps": [{"type": "transpose", "axes": [1, 0]}]}]},
              {"ours": "softmax/bias", "from": ["fc.bias"]}]}
            """);
    String twoLayers = LSTM.replace("}", ",\"forgetBias\":0}") + ",\"layers\":2";
    Object[] words = {
      resource("torch/lstm.npz"),
      "--run",
      folder.resolve("again"),
      "--mapping",
      "pytorch-lstm",
      "--mapping",
      head,
      "--json"
    };
    assertRefused(
        cli("import", LSTM + ",\"layers\":2", text, words),
        "model.cell.forgetBias: with this setting the weights would be another function",
        "--set model.cell.forgetBias=0");
    assertRefused(
        cli("import", LSTM.replace("}", ",\"forgetBias\":0}"), text, words),
        "rnn.weight_ih_l1 float32 [16, 4] of the file has no counterpart");
    Cli good = cli("import", twoLayers, text, words);
    assertGood(good);
    assertThat(good.json().getAsJsonObject("validation").get("bpc").getAsDouble())
        .isCloseTo(2.64157697082675, within(1e-5));
    assertThat(good.json().getAsJsonObject("imported").get("cell/layer1/b").getAsString())
        .isEqualTo("the sum rnn.bias_ih_l1 + rnn.bias_hh_l1");
  }

  /** Two biases of the parameter's own shape cannot be meant to be joined. */
  @ParameterizedTest
  @CsvSource({"'', 0", "'\"sum\": true,', 0", "'\"concat\": 0,', 2"})
  void arraysAreAddedWhereTheyAreAskedToOrCouldNotFitOtherwise(String how, int exitCode)
      throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(resource("foreign/lstm.npz")));
    float[] whole = Objects.requireNonNull(arrays.remove("cell/b")).floats();
    float[] half = new float[whole.length];
    float[] rest = new float[whole.length];
    for (int i = 0; i < whole.length; i++) {
      half[i] = whole[i] / 2;
      rest[i] = whole[i] - half[i];
    }
    arrays.put("b1", NpyArray.of(half, 16));
    arrays.put("b2", NpyArray.of(rest, 16));
    Path file = folder.resolve("two.npz");
    Npz.write(file, arrays);
    Path mapping =
        Files.writeString(
            folder.resolve("m.json"),
            "{\"rules\": [{\"ours\": \"cell/b\", " + how + " \"from\": [\"b1\", \"b2\"]}]}");
    Cli cli = cli("import", LSTM, text, file, "--run", run, "--mapping", mapping);
    assertThat(cli.exitCode()).as(cli.err().toString()).isEqualTo(exitCode);
    if (exitCode == 0) {
      try (TrainedLanguageModel best = LanguageRun.open(run).best()) {
        assertThat(best.specification()).isNotNull();
      }
      assertThat(CheckpointFile.read(run.resolve("checkpoints/best.ckpt")).values().get("cell/b"))
          .isEqualTo(NpyArray.of(whole, 16));
    }
  }

  @Test
  void rulesThatNeverCountAreNamed() throws IOException {
    Path mapping = folder.resolve("m.json");
    Path again = folder.resolve("again");
    String good = "{\"ours\": \"cell/b\", \"from\": [\"cell/b\"]}";
    Object[] words = {
      resource("foreign/lstm.npz"), "--run", again, "--mapping", mapping, "--dry-run"
    };
    Files.writeString(
        mapping,
        "{\"rules\": ["
            + good
            + ", "
            + good.replace("\"cell/b", "\"cel/b").replace("[\"cel/b", "[\"cell/b")
            + "]}");
    assertRefused(
        cli("import", LSTM, text, words),
        "m.json: rules[1]: fits no parameter of this model",
        "expected a name such as 'cell/b', received 'cel/b'");
    Files.writeString(
        mapping, "{\"rules\": [" + good.replace("cell/b\", ", "cell/*\", ") + ", " + good + "]}");
    assertRefused(
        cli("import", LSTM, text, words),
        "m.json: rules[1]: never counts, because an earlier rule takes all its parameters",
        "'cell/b' after rules[0], 'cell/*'");
    Files.writeString(
        mapping,
        "{\"rules\": ["
            + good
            + ", {\"optional\": true, \"ours\": \"cell/ln/gain\", \"from\": [\"gain\"]}]}");
    assertGood(cli("import", LSTM, text, words));
    Files.writeString(
        mapping, "{\"rules\": [{\"optional\": true, \"ours\": \"cell/hyper/b\", \"fill\": 0}]}");
    assertRefused(
        cli("import", LSTM, text, words), "m.json: no rule fits a parameter of this model");
  }

  /** TensorFlow wrote the path of another machine, or of the folder that this is a copy of. */
  @Test
  void aCopiedFolderOfCheckpointsIsFound() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : List.of("ck.index", "ck.data-00000-of-00001")) {
      Files.copy(resource("foreign/tf2/" + name), copy.resolve(name));
    }
    for (String path : List.of("/home/else/ck", "C:\\\\models\\\\ck", "ck", "./ck")) {
      Files.writeString(copy.resolve("checkpoint"), "model_checkpoint_path: \"" + path + "\"\n");
      assertGood(cli("import", LSTM, text, copy, "--run", run, "--dry-run"));
    }
  }

  /** The first bytes count, whatever the name is. */
  @Test
  void otherFormatsAreToldHowToBecomeReadable() throws IOException {
    Path zip = folder.resolve("zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("model/data.pkl"));
    }
    byte[] torch = Files.readAllBytes(zip);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("model.weights.h5"));
    }
    byte[] keras = Files.readAllBytes(zip);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("torch.load('%s'", torch);
    files.put("torch.load('%s', ", new byte[] {(byte) 0x80, 2, 'c'});
    files.put("keras.saving.load_model('%s')", keras);
    files.put(
        "h5py.File('%s', 'r')", "\u0089HDF\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    files.put("gguf.GGUFReader('%s')", "GGUF".getBytes(StandardCharsets.US_ASCII));
    files.put(
        "load_file('%s')",
        ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(9).put((byte) '{').array());
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      for (String name : List.of("w.ckpt", "w")) {
        Path file = Files.write(folder.resolve(name), each.getValue());
        assertRefused(
            cli("import", LSTM, text, file, "--run", run),
            file + ": no weights are known in this form",
            "Turn it into weights.npz: python -c \"import ",
            each.getKey().formatted(file),
            "np.savez('weights.npz', **");
      }
    }
    for (String suffix : List.of("onnx", "msgpack")) {
      Path file = Files.write(folder.resolve("w." + suffix), new byte[] {8, 7});
      assertRefused(cli("import", LSTM, text, file, "--run", run), file.toString(), "python -c");
    }
    Files.copy(resource("foreign/lstm.npz"), folder.resolve("renamed.bin"));
    assertGood(cli("import", LSTM, text, folder.resolve("renamed.bin"), "--run", run));
  }
}
