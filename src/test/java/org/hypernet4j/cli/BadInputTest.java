// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong input: one line on standard error, exit code 2, nothing written. */
class BadInputTest {
  private static final int IMAGE_BYTES = 28 * 28;

  @TempDir Path folder;
  private Path runs;
  private Path exports;

  @BeforeEach
  void choosePaths() {
    runs = folder.resolve("runs");
    exports = folder.resolve("exports");
  }

  private Cli train(Object... more) {
    Stream<Object> words = Stream.of("train", Cli.SPEC, "--runs", runs, "--export-dir", exports);
    return Cli.run(Stream.concat(words, Arrays.stream(more)).toArray());
  }

  private static void assertRefused(Cli cli, String... words) {
    assertThat(cli.err()).as("standard error").hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: ").contains(words);
    assertThat(cli.out()).as("standard output").isEmpty();
    assertThat(cli.exitCode()).isEqualTo(2);
  }

  private void assertNothingWritten() {
    assertThat(runs).doesNotExist();
    assertThat(exports).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trian graphs/mnist-hyper.json | trian: no such command; nearest is train",
        "train graphs/mnist-hyper.json --thrads 2 | --thrads: no such option && --threads",
        "train | needs SPEC",
        "train graphs/mnist-hyper.json --threads many | --threads && 'many'",
        "train graphs/mnist-hyper.json --threads -1 | --threads && -1",
        "train graphs/mnist-hyper.json --form toasted | generated or baked && 'toasted'",
        "train graphs/mnist-hyper.json --run | --run needs DIR",
        "inspect a b | one argument too many",
        "inspect graphs/mnist-hyper.json --graph-of both | training or inference && 'both'",
        "inspect graphs/mnist-hyper.json --graph model.txt | .pbtxt && model.txt",
        "inspect graphs/mnist-hyper.json --graph nowhere/at/all/g.pb | nowhere",
        "inspect no/such/file.json | no/such/file.json && no such file",
        "inspect graphs | graphs && is a folder",
        "inspect graphs/mnist-hyper.json --set nonsense | nonsense",
        "inspect graphs/mnist-hyper.json --set training.epoch=3 | unknown key && epochs",
        "inspect graphs/mnist-hyper.json --set model.filters=-3 | model.filters && -3",
        "train graphs/mnist-hyper.json --devices CPU:0,CPU:0 | --devices && named twice",
        "train graphs/mnist-hyper.json --devices TPU:0 | --devices && TPU:0",
        "train graphs/mnist-hyper.json --devices GPU:0 | --devices && Add --gpu",
        "train graphs/mnist-hyper.json --devices CPU:0,CPU:7 | no CPU:7 && CPU:0, CPU:1",
        "bench graphs/mnist-hyper.json --devices CPU:0,CPU:0 | --devices && named twice",
        "verify no/such/model | no/such/model && is not a model folder",
        "publish no/such/model served | no/such/model && is not a model folder",
        "publish model | needs SERVED_DIR",
        "publish model served --keep 0 | --keep && 1 or more",
        "publish model served --keep many | --keep && 'many'",
        "serve no/such/folder | no/such/folder",
        "serve graphs --port 70000 | --port && 0 to 65535",
        "serve graphs --port many | --port && 'many'",
        "serve graphs --timeout 0 | --timeout && more than 0",
        "serve graphs --max-request-bytes 0 | --max-request-bytes && 1 to",
        "serve graphs --concurrent -1 | --concurrent && 1 to 10000",
        "serve graphs --max-batch -1 | --max-batch && 1 or more",
        "serve graphs --max-wait -1 --max-batch 4 | --max-wait && not negative",
        "serve graphs --poll NaN | --poll && not negative",
        "serve graphs --versions newest | --versions && latest, all",
        "serve graphs | graphs && no model",
        "completion | needs SHELL",
        "completion tcsh | bash or zsh or fish && 'tcsh'",
        "man --out pom.xml | --out && pom.xml is a file",
        "export no/such/run | no/such/run && is not the folder of a run",
      })
  void isToldInOneLine(String command, String words) {
    Cli cli = Cli.run(Pattern.compile(" ").splitAsStream(command).toArray());

    assertRefused(cli, Pattern.compile(" && ").splitAsStream(words).toArray(String[]::new));
  }

  @Test
  void noCommandNamesTheCommands() {
    assertRefused(
        Cli.run(),
        "train, inspect, export, verify, publish, serve, import, generate, draw, score, translate,"
            + " vocabulary, visualise, curves, report, compare, doctor");
  }

  @Test
  void debugShowsWhereItComesFrom() {
    Cli cli = Cli.run("inspect", "no/such/file.json", "--debug");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err().get(0)).startsWith("error: no/such/file.json");
    assertThat(cli.err()).anyMatch(line -> line.contains("SpecFiles"));
  }

  @Test
  void jsonTellsTheErrorToo() {
    Cli cli = Cli.run("inspect", "no/such/file.json", "--json");

    assertThat(cli.err()).hasSize(1);
    assertThat(cli.json().get("error").getAsString()).contains("no such file");
    assertThat(cli.json().get("exitCode").getAsInt()).isEqualTo(2);
  }

  @Test
  void jsonThatIsNone() throws IOException {
    Path spec = Files.writeString(folder.resolve("broken.json"), "{\"name\": \"x\",");
    assertRefused(Cli.run("inspect", spec), "broken.json");
    Files.writeString(
        spec, Files.readString(Path.of(Cli.SPEC)).replace("\"epochs\": 50", "\"epocs\": 50"));
    assertRefused(Cli.run("inspect", spec), "epocs", "epochs");
  }

  @Test
  void dataFolderThatIsNone() {
    assertRefused(train("--data", folder.resolve("none")), "none", "not a folder");
    assertRefused(train("--data", folder), "an MNIST file is missing");
    assertNothingWritten();
  }

  @Test
  void damagedData() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    writeMnist(data, 60, 9);
    byte[] whole = Files.readAllBytes(data.resolve("train-images-idx3-ubyte"));
    Path images = data.resolve("train-images-idx3-ubyte");
    String[] small = {
      "--data", data.toString(), "--set", "data.validation=10", "--set", "training.batchSize=10"
    };

    Files.write(images, Arrays.copyOf(whole, whole.length - 100));
    assertRefused(train((Object[]) small), "train-images-idx3-ubyte");
    byte[] wrongMagic = whole.clone();
    wrongMagic[2] = 7;
    Files.write(images, wrongMagic);
    assertRefused(train((Object[]) small), "train-images-idx3-ubyte");
    writeMnist(data, 60, 12);
    assertRefused(train((Object[]) small), "train-labels-idx1-ubyte", "12");
    assertNothingWritten();
  }

  @Test
  void batchLargerThanTheData() {
    assertRefused(train("--set", "training.batchSize=20000"), "20000");
    assertNothingWritten();
  }

  @Test
  void exportFolderThatIsAFile() throws IOException {
    Files.writeString(exports, "a file", UTF_8);
    assertRefused(train(), "--export-dir", "is a file");
    assertThat(runs).doesNotExist();
    assertThat(exports).hasContent("a file");
  }

  @Test
  void runsFolderThatIsAFile() throws IOException {
    Files.writeString(runs, "a file", UTF_8);
    assertRefused(train(), "--runs", "is a file");
  }

  @Test
  void nothingToResume() {
    assertRefused(train("--resume"), "--resume", "no run of 'mnist-hyper'");
    assertRefused(train("--resume", "--run", folder.resolve("x")), "is not the folder of a run");
    assertNothingWritten();
  }

  /** A whole small data set in IDX; the last label is the given one. */
  private static void writeMnist(Path data, int count, int lastLabel) throws IOException {
    for (String part : new String[] {"train", "t10k"}) {
      ByteArrayOutputStream images = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(images);
      for (int value : new int[] {2051, count, 28, 28}) {
        out.writeInt(value);
      }
      out.write(new byte[count * IMAGE_BYTES]);
      Files.write(data.resolve(part + "-images-idx3-ubyte"), images.toByteArray());
      ByteArrayOutputStream labels = new ByteArrayOutputStream();
      out = new DataOutputStream(labels);
      out.writeInt(2049);
      out.writeInt(count);
      for (int i = 0; i < count; i++) {
        out.writeByte(i == count - 1 ? lastLabel : i % 10);
      }
      Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels.toByteArray());
    }
  }
}
