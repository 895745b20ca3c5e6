// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.train.MetricCurve;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code curves} with metrics that are written down here. */
class CurvesCommandTest {
  private static final int BLUE = 0x0072b2;
  private static final int ORANGE = 0xd55e00;

  @TempDir Path folder;
  private Path out;
  private Path high;
  private Path low;

  @BeforeEach
  void makeRuns() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    out = pictures.resolve("out.png");
    high = run("high", "ptb-small-lstm", validation(1, "4.5"), validation(2, "4.0"));
    low = run("low", "ptb-small-ln-lstm", validation(1, "2.5"), validation(2, "2.25"));
  }

  private Path run(String name, String spec, String... lines) throws IOException {
    Path run = Files.createDirectory(folder.resolve(name));
    Files.copy(Path.of("graphs", spec + ".json"), run.resolve("specification.json"));
    Files.write(run.resolve("metrics.jsonl"), List.of(lines));
    return run;
  }

  private static String validation(int step, String bpc) {
    return "{\"kind\":\"validation\",\"step\":" + step + ",\"loss\":1.5,\"bpc\":" + bpc + "}";
  }

  @Test
  void drawsALineForEachRun() throws IOException {
    Cli cli = Cli.run("curves", high, low, "--out", out);

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(cli.out())
        .containsExactly(
            "ptb-small-lstm: points: 2; bpc 4.0000 at step 2",
            "ptb-small-ln-lstm: points: 2; bpc 2.2500 at step 2",
            out.toString());
    BufferedImage image = ImageIO.read(out.toFile());
    // 4.5 to 4 stands wholly above 2.5 to 2.25; the legend below both is left out
    assertThat(rows(image, BLUE).max().orElseThrow())
        .isLessThan(rows(image, ORANGE).min().orElseThrow());
    assertThat(out.resolveSibling("").toFile().list()).containsExactly("out.png");
  }

  /** The rows of the upper nine tenths of a picture that have a pixel of that colour. */
  private static IntStream rows(BufferedImage image, int colour) {
    return IntStream.range(0, image.getHeight() * 9 / 10)
        .filter(
            y ->
                IntStream.range(0, image.getWidth())
                    .anyMatch(x -> (image.getRGB(x, y) & 0xffffff) == colour));
  }

  @Test
  void goesIntoTheFolderOfTheFirstRun() {
    Cli cli = Cli.run("curves", low, high);

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(low.resolve("curves.png")).isNotEmptyFile();
    assertThat(high.resolve("curves.png")).doesNotExist();
  }

  @Test
  void printsAndWritesTheNumbers() throws IOException {
    Path again = run("again", "ptb-small-lstm", validation(3, "NaN"), validation(7, "1.125"));
    Path csv = folder.resolve("table.csv");

    Cli cli =
        Cli.run(
            "curves",
            high,
            again,
            "--labels",
            "a \"first\",b",
            "--out",
            out,
            "--csv",
            csv,
            "--json");

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    JsonObject json = cli.json();
    assertThat(json.get("kind").getAsString()).isEqualTo("validation");
    assertThat(json.get("metric").getAsString()).isEqualTo("bpc");
    assertThat(json.get("out").getAsString()).isEqualTo(out.toString());
    assertThat(json.get("csv").getAsString()).isEqualTo(csv.toString());
    JsonArray series = json.getAsJsonArray("series");
    assertThat(series).hasSize(2);
    assertThat(series.get(1).toString())
        .isEqualTo(
            "{\"label\":\"b\",\"steps\":[3,7],\"values\":[null,1.125],\"run\":\"" + again + "\"}");
    assertThat(csv)
        .hasContent(
            """
            run,step,bpc
            "a ""first""\",1,4.5
            "a ""first""\",2,4.0
            "b",3,
            "b",7,1.125
            """);
  }

  @Test
  void runsOfOneSpecificationAreToldApartByTheirFolders() throws IOException {
    Path again = run("again", "ptb-small-lstm", validation(3, "1"));

    Cli cli = Cli.run("curves", high, again, low, "--out", out, "--json");

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(cli.json().getAsJsonArray("series"))
        .extracting(one -> one.getAsJsonObject().get("label").getAsString())
        .containsExactly(
            "ptb-small-lstm (" + high + ")", "ptb-small-lstm (" + again + ")", "ptb-small-ln-lstm");
  }

  @Test
  void manyRunsGetAHigherPicture() throws IOException {
    Object[] words = new Object[3 + 9];
    words[0] = "curves";
    words[1] = "--out";
    words[2] = out;
    for (int i = 0; i < 9; i++) {
      words[3 + i] = run("run" + i, "ptb-small-lstm", validation(1, "2"), validation(2, "1"));
    }
    assertThat(Cli.run("curves", high, "--out", out).exitCode()).isZero();
    int height = ImageIO.read(out.toFile()).getHeight();

    Cli cli = Cli.run(words);

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(ImageIO.read(out.toFile()).getHeight()).isGreaterThan(height);
  }

  @Test
  void choosesTheMetricThatTheRunIsJudgedBy() throws IOException {
    Path images = run("images", "mnist-hyper", ERROR_HALF, ERROR_TENTH);
    Path strokes = run("strokes", "strokes-kanji-lstm", line(1, "\"nats\":-3.5,\"loss\":2"));
    Path other = run("other", "strokes-kanji-lstm", line(1, "\"nats\":-3,\"loss\":2"));
    Path words = run("words", "multi30k-ln-lstm", line(1, "\"nats\":2.5,\"perplexity\":12.2"));
    Path tasks =
        run("tasks", "continual-permuted-100-mnist", line(1, "\"tasksLeft\":0,\"accuracy\":0.75"));

    assertThat(Cli.run("curves", images, "--out", out).out().get(0))
        .isEqualTo("mnist-hyper: points: 2; error 10.00 % at step 2");
    assertThat(drawn(images).get("unit").getAsString()).isEqualTo("%");
    assertThat(drawn(high).get("metric").getAsString()).isEqualTo("bpc");
    assertThat(drawn(strokes).get("metric").getAsString()).isEqualTo("nats");
    assertThat(drawn(words).get("metric").getAsString()).isEqualTo("nats");
    assertThat(drawn(tasks).get("metric").getAsString()).isEqualTo("accuracy");
    // what each is judged by the other lacks: both have a loss
    assertThat(drawn(strokes, high).get("metric").getAsString()).isEqualTo("loss");
    assertRefused(
        "the runs have no metric in common",
        Cli.run(
            "curves",
            run("bare", "continual-permuted-100-mnist", ERROR_HALF),
            other,
            "--out",
            out));
  }

  private static final String ERROR_HALF = line(1, "\"error\":0.5");
  private static final String ERROR_TENTH = line(2, "\"error\":0.1");

  private static String line(int step, String metrics) {
    return "{\"kind\":\"validation\",\"step\":" + step + "," + metrics + "}";
  }

  private JsonObject drawn(Object... runs) {
    Object[] more = {"--out", out, "--json"};
    Stream<Object> words =
        Stream.of(Stream.of("curves"), Arrays.stream(runs), Arrays.stream(more))
            .flatMap(stream -> stream);
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    return cli.json();
  }

  @Test
  void marksTheBestStepAndSaysIt() throws IOException {
    Path said =
        run(
            "said",
            "mnist-hyper",
            line(10, "\"error\":0.5,\"best\":true"),
            line(20, "\"error\":0.2,\"best\":true"),
            line(30, "\"error\":0.1,\"best\":false"));
    Path unsaid =
        run(
            "unsaid",
            "continual-permuted-100-mnist",
            line(1, "\"accuracy\":0.9"),
            line(2, "\"accuracy\":0.8"));

    assertThat(Cli.run("curves", said, "--out", out).out().get(0))
        .isEqualTo("mnist-hyper: points: 3; error 10.00 % at step 30, best 20.00 % at step 20");
    // more accuracy is better
    assertThat(drawn(unsaid).get("best").toString()).isEqualTo("[1]");
  }

  @Test
  void theAxisIsLogarithmicWhereValuesDifferTwentyfold() throws IOException {
    Path wide = run("wide", "mnist-hyper", line(1, "\"error\":0.8"), line(2, "\"error\":0.04"));

    assertThat(drawn(wide).get("scale").getAsString()).isEqualTo("log");
    assertThat(drawn(wide, "--scale", "linear").get("scale").getAsString()).isEqualTo("linear");
    assertThat(drawn(high).get("scale").getAsString()).isEqualTo("linear");
    Path zero = run("zero", "mnist-hyper", line(1, "\"error\":0.8"), line(2, "\"error\":0"));
    assertThat(drawn(zero).get("scale").getAsString()).isEqualTo("linear");
    assertRefused(
        "--scale: a logarithmic axis cannot show every value of error; expected values above 0,"
            + " received 0.0",
        Cli.run("curves", zero, "--scale", "log", "--out", out));
  }

  @Test
  void oneAndTwoPointsStandInsideThePicture() throws IOException {
    Path one = run("one", "mnist-hyper", ERROR_HALF);
    Path two = run("two", "mnist-hyper", ERROR_HALF, ERROR_TENTH);

    for (Path run : List.of(one, two)) {
      drawn(run);
      BufferedImage image = ImageIO.read(out.toFile());
      assertThat(rows(image, BLUE).min().orElseThrow()).isGreaterThan(40);
      assertThat(rows(image, BLUE).max().orElseThrow()).isLessThan(image.getHeight() - 60);
    }
  }

  @Test
  void smoothsOverAnOddNumberOfPoints() {
    MetricCurve curve =
        new MetricCurve(new long[] {1, 2, 3, 4}, new double[] {1, 4, Double.NaN, 10});

    // 1; the mean of 1 and 4; of 4 and 10; 10: NaN does not count
    assertThat(curve.smoothed(3).values()).containsExactly(1, 2.5, 7, 10);
    assertThat(curve.smoothed(1).values()).containsExactly(1, 4, Double.NaN, 10);
    assertRefused(
        "--smooth: not a number of points with one in the middle; expected 1, 3, 5, ..., received"
            + " 4",
        Cli.run("curves", high, "--smooth", "4", "--out", out));
    assertThat(drawn(high, "--smooth", "3").get("best").toString()).isEqualTo("[2]");
  }

  @Test
  void tellsInOneLineWhichRunCannotBeUsed() throws IOException {
    Path none = folder.resolve("none");
    refuses(none + ": is not the folder of a run", high, none);
    Path bare = run("bare", "ptb-small-lstm");
    refuses("no line of kind 'validation'; expected lines, received an empty file", high, bare);
    Files.delete(bare.resolve("metrics.jsonl"));
    refuses(bare.resolve("metrics.jsonl") + ": the run has no metrics", high, bare);
    Path broken = run("broken", "ptb-small-lstm", validation(1, "2"), "{\"kind\":\"valid");
    refuses(broken.resolve("metrics.jsonl") + ", line 2: broken line", high, broken);
    Path astray = run("astray", "ptb-small-lstm", validation(1, "NaN"), validation(2, "Infinity"));
    refuses("bpc is not a finite number at any step", high, astray);
    refuses("the lines could not be distinguished; expected each run once", high, low, high);
    Cli noRun = Cli.run("curves");
    assertThat(noRun.exitCode()).isEqualTo(2);
    assertThat(noRun.err()).hasSize(1);
    assertThat(noRun.err().get(0)).contains("needs RUN");
  }

  @Test
  void tellsInOneLineWhichOptionCannotBeUsed() throws IOException {
    refuses("no metric 'error' in the lines", high, "--metric", "error");
    refuses("expected one of bpc, loss, received error", high, "--metric", "error");
    refuses("no line of kind 'train'; expected one of validation", high, "--kind", "train");
    refuses("--labels: not one label for each run; expected 2 labels", high, low, "--labels", "a");
    refuses("received 3 in a,b,c", high, low, "--labels", "a,b,c");
    refuses("expected labels that differ", high, low, "--labels", "a,a");
    refuses("expected labels that differ and are not blank", high, low, "--labels", "a, ");
    refuses("--csv: not the name of such a file", high, "--csv", "table.txt");
    refuses("--csv: cannot be a file", high, "--csv", folder.resolve("no/table.csv"));
  }

  @Test
  void tellsInOneLineWhereThePictureCannotGo() throws IOException {
    refusesOut("--out: not the name of such a file; expected a name that ends in .png", "a.jpg");
    refusesOut("--out: cannot be a file; expected a file in a folder that exists", "no/a.png");
    Files.createDirectory(folder.resolve("folder.png"));
    refusesOut("--out: cannot be a file", "folder.png");
    Files.writeString(folder.resolve("file"), "");
    refusesOut("--out: cannot be a file", "file/a.png");
  }

  private void refusesOut(String message, String name) throws IOException {
    List<Path> before = files();
    assertRefused(
        message,
        Cli.run("curves", high, "--csv", folder.resolve("t.csv"), "--out", folder.resolve(name)));
    assertThat(files()).isEqualTo(before);
  }

  private void refuses(String message, Object... words) throws IOException {
    List<Path> before = files();
    Stream<Object> all = Stream.of("curves", "--out", out);
    assertRefused(message, Cli.run(Stream.concat(all, Arrays.stream(words)).toArray()));
    assertThat(files()).isEqualTo(before);
  }

  private static void assertRefused(String message, Cli cli) {
    assertThat(cli.exitCode()).as(cli.out() + " " + cli.err()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: ").contains(message);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted().toList();
    }
  }
}
