// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The ready-made mappings for weights of labml.ai and PyTorch. The expected bits for each symbol
 * are those that {@code checkpoint/layouts/make.py} printed: the equations in NumPy, float64, or
 * PyTorch's own cells.
 */
class ImportLayoutTest {
  private static final String PERIOD = "abcadacbdabcdabdcaacbdbadcab";
  private static final String HYPER =
      "{'type':'hyper-lstm','units':5,'hyperUnits':3,'embeddingSize':2,"
          + "'forgetBias':0,'hyperForgetBias':0,'epsilon':1e-5}";
  private static final String NORMED =
      "{'type':'lstm','units':5,'layerNorm':true,'forgetBias':0,'epsilon':1e-5}";
  private static final String PLAIN = "{'type':'lstm','units':5,'forgetBias':0}";

  @TempDir Path folder;
  private Path text;
  private Path head;

  @BeforeEach
  void write() throws IOException {
    text = Files.writeString(folder.resolve("text"), PERIOD.repeat(20));
    head =
        Files.writeString(
            folder.resolve("head.json"),
            """
            {"rules": [
              {"ours": "softmax/kernel", "from": [{"name": "head.weight",
                "steps": [{"type": "transpose", "axes": [1, 0]}]}]},
              {"ours": "softmax/bias", "from": ["head.bias"]}]}
            """);
  }

  private Cli cli(String weights, String mapping, String cell, int layers, Object... more)
      throws IOException {
    Path file;
    try {
      file =
          Path.of(
              Objects.requireNonNull(
                      ImportLayoutTest.class.getResource("/checkpoint/layouts/" + weights + ".npz"))
                  .toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    List<Object> words = new ArrayList<>(List.of("import", "graphs/shakespeare-hyperlstm.json"));
    for (String setting :
        List.of(
            "model={'type':'language-model','symbols':4,'layers':"
                + layers
                + ",'cell':"
                + cell
                + "}",
            "data.sequenceLength=4",
            "training.batchSize=2",
            "training.evaluateBatchSize=1",
            "training.steps=3",
            "training.evaluateEvery={'steps':3}")) {
      words.addAll(List.of("--set", setting.replace('\'', '"')));
    }
    words.addAll(List.of("--data", text, file, "--run", folder.resolve("run"), "--json"));
    words.addAll(List.of("--mapping", mapping, "--mapping", head));
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "labml-hyper, labml, hyper, 2, 2.1595652167981907",
    "labml-hyper-cell, labml-cell, hyper, 1, 2.5752851179480922",
    "labml-lstm, labml-lstm, normed, 2, 2.303699670855417",
    "labml-lstm-plain, labml-lstm, plain, 1, 2.1952557030527964",
    "pytorch-lstm-cell, pytorch-lstm-cell, plain, 2, 2.0272912498855753"
  })
  void givesTheBitsOfTheOtherLibrary(
      String weights, String mapping, String cell, int layers, double bits) throws IOException {
    String json =
        switch (cell) {
          case "hyper" -> HYPER;
          case "normed" -> NORMED;
          default -> PLAIN;
        };
    Cli good = cli(weights, mapping, json, layers);
    assertThat(good.exitCode()).as(good.err().toString()).isZero();
    assertThat(good.json().getAsJsonObject("validation").get("bpc").getAsDouble())
        .isCloseTo(bits, within(1e-6));
    assertThat(good.json().getAsJsonArray("extra")).isEmpty();
  }

  /** Equal shapes, another function: each is refused by the name of its setting. */
  @Test
  void settingsThatNoShapeShowsAreChecked() throws IOException {
    Object dry = "--dry-run";
    assertRefused(
        cli(
            "labml-hyper",
            "labml",
            HYPER.replace("'hyperForgetBias':0", "'hyperForgetBias':1"),
            2,
            dry),
        "--set model.cell.hyperForgetBias=0");
    assertRefused(
        cli("labml-lstm", "labml-lstm", NORMED.replace("1e-5", "1e-3"), 2, dry),
        "--set model.cell.epsilon=1.0E-5");
    assertRefused(cli("labml-hyper", "labml", HYPER, 1, dry), "rnn.cells.1.", "has no counterpart");
    assertRefused(
        cli("labml-lstm", "labml-lstm", PLAIN, 2, dry), "layer_norm", "has no counterpart");
  }

  private static void assertRefused(Cli cli, String... words) {
    assertThat(cli.exitCode()).as(cli.out() + " " + cli.err()).isEqualTo(2);
    assertThat(String.join("\n", cli.err())).contains(words);
  }
}
