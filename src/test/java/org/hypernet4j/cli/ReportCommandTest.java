// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.RunRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** {@code report} of a run of some steps. */
class ReportCommandTest {
  @TempDir static Path folder;

  private static Path run;
  private static Cli trained;

  @BeforeAll
  static void train() {
    trained =
        Cli.run(
            "train",
            Cli.SPEC,
            "--json",
            "--runs",
            folder.resolve("runs"),
            "--no-export",
            "--set",
            "training.steps=12",
            "--set",
            "training.batchSize=20",
            "--set",
            "training.evaluateEvery={\"steps\": 6}",
            "--set",
            "description=\"<script>alert('x')</script> & more\"");
    assertThat(trained.exitCode()).as(trained.err().toString()).isZero();
    run = folder.resolve("runs/mnist-hyper/1");
  }

  private static String page(Object... more) throws IOException {
    Path out = folder.resolve("page.html");
    Object[] words =
        Stream.concat(Stream.of("report", run, "--out", out), Stream.of(more)).toArray();
    Cli cli = Cli.run(words);
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    return Files.readString(out);
  }

  @Test
  void onePageSaysWhatAColleagueWantsToKnow() throws Exception {
    String page = page();
    double error = trained.json().get("testError").getAsDouble();

    String shown = String.format(Locale.ROOT, "%.2f %%", 100 * error);
    assertThat(page)
        .contains("<dt>test error</dt><dd>" + shown + "</dd>")
        .contains("An image classifier, trained on the MNIST database of handwritten digits")
        .contains("<dt>parameters</dt><dd>12,910</dd>")
        // Table 7 of the paper, beside the size of both models
        .contains("<tr><th scope=\"row\">test error</th><td>" + shown + "</td><td>0.76 %</td></tr>")
        .contains("<tr><th scope=\"row\">parameters</th><td>12,910</td><td>12,910</td></tr>")
        .contains("batch 20, best at step", "arXiv 1609.09106")
        .contains("kernels of conv1", "kernels of conv2", "<svg", "data:image/png;base64,")
        .contains("TensorFlow</th><td>2.18.0", "data fingerprint", "./hypernet4j export ");
    // the plain kernel of 7 x 7 x 16 x 16, and the generator's 4,240 with its embedding of 4
    assertThat(page).contains("4,244 parameters of generators replace 12,544.");
  }

  @Test
  void nothingInItComesFromElsewhereAndNothingOfAUsersRuns() throws IOException {
    String page = page();

    assertThat(page)
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; more")
        .contains("default-src 'none'")
        .doesNotContain("<script", "<link", "@import", "url(");
    Matcher addresses = Pattern.compile("(?:src|href)=\"([^\"]{0,20})").matcher(page);
    while (addresses.find()) {
      assertThat(addresses.group(1)).startsWith("data:image/");
    }
    // where it lay on this machine is not told
    assertThat(page).doesNotContain(folder.toString());
  }

  @Test
  void itsBodyIsWellFormed() throws Exception {
    String page = page();
    String body = page.substring(page.indexOf("<main>"), page.indexOf("</main>") + 7);
    String xml = body.replaceAll("(<img [^>]*)>", "$1/>");

    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("h2")
                .getLength())
        .isEqualTo(7);
  }

  @Test
  void aRunWithoutResultsSaysSo() throws IOException {
    Path file = run.resolve("results.json");
    String kept = Files.readString(file);
    try {
      Files.delete(file);
      assertThat(page("--no-pictures"))
          .contains("The run has no results of test data", "not measured", "not recorded")
          .contains("<dt>validation error</dt>")
          .doesNotContain("src=\"data:image/png");
      Files.writeString(file, "{\"bestStep\": ");
      Cli broken = Cli.run("report", run, "--out", folder.resolve("none.html"));
      assertThat(broken.exitCode()).isEqualTo(2);
      assertThat(broken.err()).hasSize(1);
      assertThat(broken.err().get(0)).contains("results.json");
      Files.writeString(file, "{\"bestStep\": 1}");
      assertThat(Cli.run("report", run, "--out", folder.resolve("none.html")).exitCode())
          .isEqualTo(2);
      assertThat(folder.resolve("none.html")).doesNotExist();
    } finally {
      Files.writeString(file, kept);
    }
  }

  @Test
  void resultsAreReadAsTheyWereWritten() throws IOException {
    RunRecord record = RunRecord.read(new RunFolder(run)).orElseThrow();
    assertThat(record.steps()).isEqualTo(12);
    assertThat(record.test().get("error")).isEqualTo(trained.json().get("testError").getAsDouble());
    assertThat(record.environment()).containsEntry("TensorFlow", "2.18.0");

    RunFolder other = new RunFolder(Files.createDirectories(folder.resolve("other")));
    RunRecord odd =
        new RunRecord(3, 4, Double.NaN, "data", Map.of("bpc", Double.NaN), List.of("a"), Map.of());
    odd.write(other);
    assertThat(RunRecord.read(other)).hasValue(odd);
  }

  @Test
  void tellsInOneLineWhatIsWrong() {
    for (List<Object> words :
        List.<List<Object>>of(
            List.of("report", folder.resolve("none")),
            List.of("report", run, "--out", folder.resolve("page.pdf")),
            List.of("report", run, "--out", folder.resolve("no/page.html")),
            List.of("report"))) {
      Cli cli = Cli.run(words.toArray());
      assertThat(cli.exitCode()).as(words.toString()).isEqualTo(2);
      assertThat(cli.err()).hasSize(1);
      assertThat(cli.err().get(0)).startsWith("error: ");
    }
  }
}
