// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.hypernet4j.data.DrawingFile;
import org.hypernet4j.data.Omniglot;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code draw} and {@code score} with tiny models of strokes that have hardly been trained. */
class DrawCommandTest {
  private static final List<String> FILES =
      List.of(
          "drawings.png",
          "drawings.svg",
          "drawings-animated.svg",
          "drawings.json",
          "writing.html",
          "writing.svg");

  @TempDir static Path runs;
  private static Path hyper = Path.of("");
  private static Path exported = Path.of("");
  private static Path latent = Path.of("");
  private static List<String> trainLines = List.of();

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    Path base = runs.resolve("export");
    Cli cli =
        train(
            "strokes-omniglot-hyperlstm",
            "hyper",
            "--export-dir",
            base,
            "--set",
            "model.cell={\"type\":\"hyper-lstm\",\"units\":8,\"hyperUnits\":4,\"embeddingSize\":2}");
    hyper = runs.resolve("hyper");
    exported = base.resolve("strokes-omniglot-hyperlstm/1");
    trainLines = cli.err();
    train(
        "strokes-omniglot-sketchrnn",
        "latent",
        "--no-export",
        "--set",
        "model.cell={\"type\":\"lstm\",\"units\":8}",
        "--set",
        "model.latent={\"size\":3,\"encoder\":{\"type\":\"lstm\",\"units\":4}}");
    latent = runs.resolve("latent");
  }

  private static Cli train(String spec, String run, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("train", "graphs/" + spec + ".json", "--json", "--run", runs.resolve(run)));
    for (String setting : List.of("training.steps=3", "training.batchSize=4", "model.mixtures=2")) {
      words.add("--set");
      words.add(setting);
    }
    words.addAll(List.of(more));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    return cli;
  }

  @Test
  void aBenchmarkDrawsInTheGraphAndPointByPoint() {
    for (Path model : List.of(exported, latent)) {
      Cli cli = Cli.run("bench", model, "--predictions", "5", "--json");

      assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
      JsonObject times = cli.json();
      assertThat(times.get("drawings").getAsInt()).isEqualTo(64);
      assertThat(times.get("points").getAsInt()).isBetween(1, 5);
      assertThat(times.get("sampleMillis").getAsDouble()).isPositive();
      assertThat(times.get("stepsMillis").getAsDouble()).isPositive();
    }
    Cli tooMany = Cli.run("bench", latent, "--predictions", "10001");
    assertThat(tooMany.exitCode()).isEqualTo(2);
    assertThat(tooMany.err())
        .containsExactly(
            "error: --predictions: a drawing cannot have that many points; expected 1 to 10000,"
                + " received 10001.");
  }

  @Test
  void aTrainingLeavesDrawingsAtFiveTemperatures() throws IOException {
    Path picture = hyper.resolve("drawings/drawings.png");

    assertThat(trainLines).contains("picture of drawings at five temperatures in " + picture);
    // a caption for the rows, and eight drawings, of 120 pixels each
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isBetween(8 * 120, 8 * 120 + 80);
    assertThat(Files.readString(hyper.resolve("drawings/drawings.svg")))
        .contains(">0.1<", ">0.3<", ">0.5<", ">0.7<", ">1<", ">data<");
    assertThat(DrawingFile.read(hyper.resolve("drawings/drawings.json"), null).count())
        .isBetween(1, 40);
  }

  /** What was left out of the data, and the figures to compare the results with. */
  @Test
  void aTrainingTellsNotesOnTheDataAndWhatNoNetworkReaches() {
    assertThat(trainLines)
        .contains("note: every drawing began with a point (0, 0), which is cut off")
        .anyMatch(line -> line.startsWith("without a network: test ") && line.contains(" nats "));
  }

  @Test
  void runAndExportedModelDrawTheSame() throws IOException {
    Path ofRun = folder.resolve("run");
    Path ofModel = folder.resolve("model");
    Object[] options = {"--temperatures", "0.4,1", "--count", 3, "--length", 20, "--seed", 7};

    Cli first = draw(hyper, ofRun, options);
    Cli second = draw(exported, ofModel, options);

    assertThat(ofRun.toFile().list()).containsExactlyInAnyOrderElementsOf(FILES);
    for (String file : FILES) {
      assertThat(ofRun.resolve(file)).hasSameBinaryContentAs(ofModel.resolve(file));
    }
    JsonObject json = first.json();
    assertThat(json.get("drawings")).isEqualTo(second.json().get("drawings"));
    assertThat(json.getAsJsonArray("drawings")).hasSize(6);
    JsonObject last = json.getAsJsonArray("drawings").get(5).getAsJsonObject();
    assertThat(last.get("temperature").getAsDouble()).isEqualTo(1);
    assertThat(last.get("points").getAsInt()).isBetween(0, 20);
    assertThat(json.getAsJsonArray("files")).hasSize(FILES.size());
    assertThat(json.get("length").getAsInt()).isEqualTo(20);
    assertThat(Files.readString(ofRun.resolve("writing.html")))
        .contains("input gate", "forget gate", "seed 7", "Temperature 1");
  }

  @Test
  void anotherSeedDrawsOtherDrawings() throws IOException {
    draw(hyper, folder.resolve("a"), "--seed", 1, "--temperature", 1);
    draw(hyper, folder.resolve("b"), "--seed", 2, "--temperature", 1);

    assertThat(Files.readString(folder.resolve("a/drawings.json")))
        .isNotEqualTo(Files.readString(folder.resolve("b/drawings.json")));
  }

  @Test
  void goesOnFromAPrimeInGrey() throws IOException {
    Path begun = Files.writeString(folder.resolve("begun.json"), "[[30,0,0],[0,40.5,0]]");
    Path out = folder.resolve("out");

    Cli cli = draw(hyper, out, "--prime", begun, "--count", 1, "--length", 12);

    assertThat(cli.json().get("primePoints").getAsInt()).isEqualTo(2);
    List<PenDrawing> drawn = DrawingFile.read(out.resolve("drawings.json"), null).drawings();
    assertThat(drawn.get(0).slice(0, 2).rows()).containsExactly(30, 0, 0, 0, 40.5f, 0);
    assertThat(drawn.get(0).points())
        .isEqualTo(
            2
                + cli.json()
                    .getAsJsonArray("drawings")
                    .get(0)
                    .getAsJsonObject()
                    .get("points")
                    .getAsInt());
    assertThat(Files.readString(out.resolve("drawings.svg"))).contains("stroke-opacity=\"0.35\"");
    assertThat(Files.readString(out.resolve("writing.html"))).contains("the first 2 of them given");
  }

  @Test
  void reportsStatisticsBesideTheData() {
    Cli cli = draw(hyper, folder.resolve("out"), "--statistics", 50, "--length", 9, "--count", 1);

    JsonObject figures = cli.json().getAsJsonObject("statistics");
    assertThat(figures.get("drawings").getAsInt()).isEqualTo(50);
    assertThat(figures.get("endedShare").getAsDouble()).isBetween(0.0, 1.0);
    assertThat(figures.get("meanPoints").getAsDouble()).isBetween(0.0, 9.0);
    List<PenDrawing> data = Omniglot.builtin().validation().drawings();
    JsonObject own = figures.getAsJsonObject("data");
    assertThat(own.get("drawings").getAsInt()).isEqualTo(data.size());
    assertThat(own.get("meanPoints").getAsDouble())
        .isEqualTo(data.stream().mapToInt(PenDrawing::points).average().orElseThrow());
    assertThat(own.get("meanStrokes").getAsDouble())
        .isEqualTo(data.stream().mapToInt(PenDrawing::strokes).average().orElseThrow());
  }

  @Test
  void goesFromOneDrawingToAnother() throws IOException {
    Path out = folder.resolve("out");

    Cli cli = draw(latent, out, "--interpolate", 3, 17, "--length", 15, "--temperature", 1);

    assertThat(cli.json().getAsJsonArray("drawings")).hasSize(10);
    assertThat(temperature(cli)).isEqualTo(1);
    assertThat(Files.readString(out.resolve("drawings.svg")))
        .contains(">data<", ">0.00<", ">0.11<", ">1.00<");
    assertThat(Files.readString(out.resolve("writing.html"))).contains("There are no strips");
    assertThat(out.resolve("writing.svg")).doesNotExist();
    assertThat(temperature(draw(latent, out, "--interpolate", 3, 17))).isEqualTo(0.1);
  }

  private static double temperature(Cli cli) {
    return cli.json()
        .getAsJsonArray("drawings")
        .get(0)
        .getAsJsonObject()
        .get("temperature")
        .getAsDouble();
  }

  @Test
  void scoresWhatItDrew() throws IOException {
    Path out = folder.resolve("out");
    draw(hyper, out, "--count", 5, "--length", 20, "--temperature", 1);
    Path drawings = out.resolve("drawings.json");
    int count = DrawingFile.read(drawings, null).count();

    Cli ofRun = Cli.run("score", hyper, drawings, "--json");
    Cli ofModel = Cli.run("score", exported, drawings);

    assertThat(ofRun.exitCode()).as(ofRun.err().toString()).isZero();
    JsonObject json = ofRun.json();
    assertThat(json.get("count").getAsInt()).isEqualTo(count);
    double sum = 0;
    double points = 0;
    for (int i = 0; i < count; i++) {
      JsonObject one = json.getAsJsonArray("drawings").get(i).getAsJsonObject();
      assertThat(one.keySet()).containsExactly("points", "nats", "offset", "pen", "raw");
      sum += one.get("nats").getAsDouble();
      points += one.get("points").getAsDouble();
    }
    JsonObject mean = json.getAsJsonObject("mean");
    assertThat(mean.get("nats").getAsDouble()).isEqualTo(sum / count);
    assertThat(mean.get("natsAPoint").getAsDouble()).isEqualTo(sum / points);
    assertThat(ofModel.exitCode()).isZero();
    assertThat(ofModel.out()).hasSize(1 + count + 1);
    assertThat(ofModel.out().get(count + 1))
        .isEqualTo(ofRun.err().get(count + 1))
        .startsWith("mean of " + count + " drawings: ");
  }

  @Test
  void scoresWhatTheCodeCosts() throws IOException {
    Path file = Files.writeString(folder.resolve("one.json"), "[[30,0,0],[0,40,1]]");

    JsonObject json = Cli.run("score", latent, file, "--json").json();

    assertThat(json.getAsJsonObject("mean").get("kl").getAsDouble()).isNotNegative();
  }

  @Test
  void visualiseDrawsToo() {
    Path out = folder.resolve("out");

    Cli cli = Cli.run("visualise", hyper, "--out", out);

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(out.toFile().list()).containsExactlyInAnyOrderElementsOf(FILES);
    Cli text = Cli.run("visualise", hyper, "--text", "a", "--out", folder.resolve("no"));
    assertThat(text.exitCode()).isEqualTo(2);
    assertThat(text.err().get(0)).contains("--text", "reads no text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--temperature=0 | --temperature: nothing can be drawn with it; expected a number above 0",
        "--temperature=-1 | --temperature: nothing can be drawn with it",
        "--temperature=NaN | --temperature: nothing can be drawn with it",
        "--temperatures=0.5,0,1 | --temperatures: nothing can be drawn with it",
        "--bias=-0.5 | --bias: nothing can be drawn with it; expected 0 or more",
        "--bias=Infinity | --bias: nothing can be drawn with it",
        "--count=0 | --count: not a number of drawings that can be drawn; expected 1 to 2000",
        "--count=-3 | --count: not a number of drawings",
        "--count=2001 | --count: not a number of drawings",
        "--length=0 | --length: not a number of points that can be drawn; expected 1 to 10000",
        "--length=10001 | --length: not a number of points",
        "--statistics=-1 | --statistics: not a number of drawings",
        "--seed=x | --seed",
        "--prime=no.json | no.json: cannot be read; expected a file of drawings, received no such",
        "--interpolate=1 | --interpolate",
      })
  void refusesSettings(String option, String message) {
    refuses(message, hyper, option);
  }

  @Test
  void refusesTwoAnswersToOneQuestion() {
    refuses(
        "--temperature and --temperatures: only one",
        hyper,
        "--temperature=1",
        "--temperatures=1,0.5");
  }

  @Test
  void refusesPrimes() throws IOException {
    StringBuilder rows = new StringBuilder("[1,1,0]");
    for (int i = 1; i < 250; i++) {
      rows.append(",[1,1,0]");
    }
    prime(
        "[" + rows + "]",
        "--prime: the drawing to go on from is as long as a drawing may be;"
            + " expected fewer than 250 points, received 250. Set --length above 250.");
    prime("", "prime.json: the text ends too early");
    prime("[]", "prime.json: there is no drawing");
    prime("[[]]", "the drawing is empty");
    prime("[[1,2,0],[1,2", "prime.json: the text ends too early");
    prime("[[1,NaN,0]]", "prime.json: not valid JSON at line 1 column 5");
    prime("[[1,1e39,0]]", "point 0 (counted from 0) has no place");
    prime("[[1,2,0.5]]", "has a pen that is neither down nor lifted");
    prime("[[1,2]]", "a row of a drawing is not three numbers");
    Path other = Files.writeString(folder.resolve("prime.txt"), "1 2 0");
    refuses("the name does not say how the drawings are written", hyper, "--prime=" + other);
  }

  private void prime(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("prime.json"), text);
    refuses(message, hyper, "--prime=" + file);
  }

  @Test
  void refusesPlacesAndModels() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Cli notAFolder = Cli.run("draw", hyper, "--out", file);
    assertThat(notAFolder.exitCode()).isEqualTo(2);
    assertThat(notAFolder.err().get(0)).contains("--out: cannot be a folder");
    Cli noPlace = Cli.run("draw", exported);
    assertThat(noPlace.exitCode()).isEqualTo(2);
    assertThat(noPlace.err().get(0)).contains("--out: an exported model has no folder");
    refuses("--interpolate: the model has no latent vector", hyper, "--interpolate", "1", "2");
    refuses("--interpolate: there is no such drawing", latent, "--interpolate", "1", "500000");
    Path begun = Files.writeString(folder.resolve("one.json"), "[[30,0,0]]");
    refuses(
        "--prime and --interpolate: only one",
        latent,
        "--interpolate",
        "1",
        "2",
        "--prime=" + begun);
    refuses("no.npz", hyper, "--data=no.npz");
    refuses("saved_model.pb", folder);
  }

  @Test
  void scoreRefusesFiles() throws IOException {
    Path one = Files.writeString(folder.resolve("one.json"), "[[30,0,0]]");
    scoreRefuses("--part: such a file has no parts", hyper, one, "--part", "test");
    scoreRefuses("no.flat.npz: cannot be read", hyper, folder.resolve("no.flat.npz"));
    Path broken = Files.writeString(folder.resolve("a.ndjson"), "{\"drawing\":[[[1,2],[1,2]]]\n");
    scoreRefuses("a.ndjson: line 1", hyper, broken);
    scoreRefuses("saved_model.pb", folder, one);
  }

  private static void scoreRefuses(String message, Object... words) {
    Object[] all = new Object[words.length + 1];
    all[0] = "score";
    System.arraycopy(words, 0, all, 1, words.length);
    Cli cli = Cli.run(all);
    assertThat(cli.exitCode()).as(cli.err().toString()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains(message);
  }

  private static Cli draw(Path model, Path out, Object... options) {
    List<Object> words = new ArrayList<>(List.of("draw", model, "--out", out, "--json"));
    words.addAll(List.of(options));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    return cli;
  }

  private void refuses(String message, Path model, String... options) {
    Path out = folder.resolve("out");
    List<Object> words = new ArrayList<>(List.of("draw", model, "--out", out));
    words.addAll(List.of(options));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).as(cli.out() + " " + cli.err()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains(message);
    assertThat(out).doesNotExist();
  }

  /** A picture that nothing was drawn on would be white. */
  @Test
  void theGridHasInk() throws IOException {
    Path out = folder.resolve("out");
    draw(hyper, out, "--count", 4, "--temperature", 1);

    BufferedImage picture = ImageIO.read(out.resolve("drawings.png").toFile());
    int dark = 0;
    for (int x = 0; x < picture.getWidth(); x++) {
      for (int y = 60; y < picture.getHeight(); y++) {
        dark += (picture.getRGB(x, y) & 0xff) < 128 ? 1 : 0;
      }
    }
    assertThat(dark).isGreaterThan(100);
  }
}
