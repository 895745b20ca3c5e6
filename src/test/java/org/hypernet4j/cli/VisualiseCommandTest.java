// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code visualise} with runs of tiny models that have hardly been trained. */
class VisualiseCommandTest {
  @TempDir static Path runs;
  private static Path hyper = Path.of("");
  private static Path lstm = Path.of("");
  private static Path basic = Path.of("");
  private static Path data = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void train() throws IOException {
    String text = "To be, or not to be: shall I compare thee? Shall I?\n";
    data = Files.writeString(runs.resolve("data.txt"), text.repeat(50));
    hyper =
        train(
            "hyper", "{\"type\":\"hyper-lstm\",\"units\":8,\"hyperUnits\":4,\"embeddingSize\":2}");
    lstm = train("lstm", "{\"type\":\"lstm\",\"units\":8}");
    basic = train("basic", "{\"type\":\"basic-rnn\",\"units\":8}");
  }

  private static Path train(String name, String cell) {
    Cli cli =
        Cli.run(
            "train",
            "graphs/shakespeare-hyperlstm.json",
            "--json",
            "--data",
            data,
            "--no-export",
            "--run",
            runs.resolve(name),
            "--set",
            "model.cell=" + cell,
            "--set",
            "model.keep={}",
            "--set",
            "data.sequenceLength=10",
            "--set",
            "training.batchSize=4",
            "--set",
            "training.steps=3",
            "--set",
            "training.evaluateBatchSize=4",
            "--set",
            "training.evaluateEvery={\"steps\": 3}");
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    return Path.of(cli.json().get("runDir").getAsString());
  }

  @Test
  void drawsTheStartOfTheValidationText() throws IOException {
    Cli cli = Cli.run("visualise", hyper, "--data", data, "--length", 50, "--json");

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    JsonObject json = cli.json();
    assertThat(json.get("characters").getAsInt()).isEqualTo(50);
    assertThat(json.get("bitsPerCharacter").getAsDouble()).isBetween(3.0, 8.0);
    assertThat(json.getAsJsonObject("saturated").keySet()).containsExactly("main/c");
    assertThat(json.getAsJsonArray("files")).hasSize(5);
    Path out = hyper.resolve("visualise");
    for (String file :
        List.of("strips.html", "strips.png", "strips.csv", "histogram.png", "histogram.csv")) {
      assertThat(out.resolve(file)).isNotEmptyFile();
      assertThat(cli.err()).contains(out.resolve(file).toString());
    }
    assertThat(Files.readString(out.resolve("strips.html")))
        .contains("Checkpoint: best, step 3", "start of the validation part of " + data);
    assertThat(Files.readAllLines(out.resolve("histogram.csv"))).hasSize(101);
  }

  @Test
  void drawsATextOfTheUser() throws IOException {
    Path file = Files.writeString(folder.resolve("my.txt"), "Shall I compare thee");
    Path out = folder.resolve("out");

    Cli typed = Cli.run("visualise", hyper, "--text", "To be", "--out", out, "--json");
    Cli read = Cli.run("visualise", hyper, "--text-file", file, "--length", 7, "--out", out);

    assertThat(typed.exitCode()).as(typed.err().toString()).isZero();
    assertThat(typed.json().get("characters").getAsInt()).isEqualTo(5);
    assertThat(read.exitCode()).as(read.err().toString()).isZero();
    assertThat(read.out().get(0)).startsWith("read 7 characters: ");
    assertThat(read.out()).hasSize(1 + 5);
    assertThat(Files.readString(out.resolve("strips.csv")))
        .hasLineCount(1 + 7)
        .contains("\n0,\"S\",", "\n6,\"I\",");
  }

  @Test
  void aPlainLstmHasHistogramsOnly() {
    Path out = folder.resolve("out");

    Cli cli = Cli.run("visualise", lstm, "--text", "To be", "--out", out);

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(cli.out())
        .contains("no strips: the weights of this model are the same at every step");
    assertThat(out.toFile().list()).containsExactlyInAnyOrder("histogram.png", "histogram.csv");
  }

  @Test
  void tellsInOneLineWhatCannotBeUsed() throws IOException {
    refuses("this model has no memory cell c; expected an LSTM", basic, "--text", "To be");
    refuses("--text: unknown symbol 'é' (U+00E9) at position 1", hyper, "--text", "Té");
    refuses("--text: the text is empty; expected 2 symbols or more", hyper, "--text", "");
    refuses("--text: the text is too short", hyper, "--text", "a");
    refuses("--length: there is no change in so short a text", hyper, "--length", 1);
    refuses("--text and --text-file: only one", hyper, "--text", "a", "--text-file", "b");
    refuses(folder.resolve("no.txt").toString(), hyper, "--text-file", folder.resolve("no.txt"));
    Path latin = folder.resolve("latin.txt");
    Files.write(latin, new byte[] {'a', (byte) 0xe9, 'b'});
    refuses("not valid UTF-8 at byte 1", hyper, "--text-file", latin);
    Path file = Files.writeString(folder.resolve("file"), "");
    refuses("--out: cannot be a folder", hyper, "--text", "To be", "--out", file);
    refuses("is not the folder of a run", folder);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("latin.txt", "file");
  }

  @Test
  void drawsKernelsAndEmbeddingsOfAClassifier() throws IOException {
    Cli trained =
        Cli.run(
            "train",
            Cli.SPEC,
            "--json",
            "--no-export",
            "--run",
            folder.resolve("mnist"),
            "--set",
            "training.steps=1",
            "--set",
            "training.batchSize=2",
            "--set",
            "model.kernel2.basicIn=8");
    assertThat(trained.exitCode()).as(trained.err().toString()).isZero();
    Path run = folder.resolve("mnist");
    refuses("which reads no text", run, "--text", "a");

    Cli cli = Cli.run("visualise", run);
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    Path drawn = run.resolve("visualise");
    // 16 x 16 tiles of 7 x 7 weights, lines between them, four pixels for a weight
    assertThat(ImageIO.read(drawn.resolve("kernels/conv2.png").toFile()).getWidth())
        .isEqualTo(2 * (40 + (16 * 8 - 1) * 4 + 16)); // room at the left, 16 tiles, a margin
    assertThat(Files.readAllLines(drawn.resolve("embeddings.csv")))
        .hasSize(3)
        .element(2)
        .asString()
        .startsWith("conv2,1,");
    BufferedImage map = ImageIO.read(drawn.resolve("embeddings.png").toFile());
    assertThat(map.getWidth()).isEqualTo(2 * 480);
  }

  private static void refuses(String message, Object... words) {
    Object[] all = new Object[words.length + 1];
    all[0] = "visualise";
    System.arraycopy(words, 0, all, 1, words.length);
    Cli cli = Cli.run(all);
    assertThat(cli.exitCode()).as(cli.out() + " " + cli.err()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains(message);
  }
}
