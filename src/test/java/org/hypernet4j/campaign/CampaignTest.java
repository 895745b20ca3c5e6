// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The harness of the campaign itself: what is wrong is seen, told, and can be repeated. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
class CampaignTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private CampaignReport run(Settings settings, List<FaultKind> kinds) throws Exception {
    return new Campaign(settings, kinds, new PrintStream(printed, true, StandardCharsets.UTF_8))
        .run();
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyOutcomeIsToldForWhatItIs() throws Exception {
    Settings settings = new Settings(10, 1, Map.of(), folder.resolve("campaign"));
    CampaignReport report = run(settings, Rehearsed.ALL);

    // half of ten attempts: one of each outcome, of which only the worker can exit and hang
    assertThat(report.tallies()).extracting(Tally::tried).containsExactly(5, 5);
    assertThat(report.tallies()).extracting(Tally::wrong).containsExactly(2, 4);
    assertThat(report.failures())
        .extracting(failure -> failure.kind() + ":" + failure.seed() + " " + failure.what())
        .containsExactly(
            "rehearsed:1 as rehearsed",
            "rehearsed:2 threw java.lang.IllegalArgumentException: unexpected",
            "rehearsed-in-worker:1 as rehearsed",
            "rehearsed-in-worker:2 threw java.lang.IllegalArgumentException: unexpected",
            "rehearsed-in-worker:3 the process ended",
            "rehearsed-in-worker:4 no answer within 2 s");
    assertThat(report.failures().get(4).exitCode()).isEqualTo(134);
    assertThat(printed())
        .contains(
            """
            WRONG rehearsed:1: as rehearsed
              command: ./hypernet4j rehearse
              exit code: 3
              last line: the last line
              repeat: mvn -Pcampaign verify -Dcampaign.only=rehearsed:1
            """)
        .contains("| rehearsed-in-worker | 5 | 1 | 4 |");
    JsonObject json =
        JsonParser.parseString(Files.readString(settings.folder().resolve("report.json")))
            .getAsJsonObject();
    assertThat(json.getAsJsonArray("kinds")).hasSize(2);
    assertThat(Files.readString(settings.folder().resolve("report.md")))
        .contains("| `rehearsed` | what the seed says | 5 | 3 | 2 |", "rehearsed-in-worker:4");
    // what is wrong can be looked at, what is right is gone
    assertThat(settings.folder().resolve("rehearsed/1/trace")).exists();
    assertThat(settings.folder().resolve("rehearsed/0")).doesNotExist();

    Path page =
        Files.writeString(folder.resolve("page.md"), "# A\n<!-- campaign: begin -->\nold\n");
    assertThatThrownBy(() -> report.writeInto(page)).hasMessageContaining("campaign: end");
    Files.writeString(page, "# A\n<!-- campaign: begin -->\nold\n<!-- campaign: end -->\nrest\n");
    report.writeInto(page);
    assertThat(Files.readString(page))
        .startsWith("# A\n<!-- campaign: begin -->\n`mvn -Pcampaign verify")
        .contains("| `rehearsed` |")
        .endsWith("<!-- campaign: end -->\nrest\n")
        .doesNotContain("old");
  }

  @Test
  void oneAttemptCanBeRepeatedAlone() throws Exception {
    Settings one = new Settings(20, 1, Map.of("rehearsed", 6L), folder.resolve("campaign"));

    assertThat(run(one, Rehearsed.ALL).failures())
        .singleElement()
        .extracting(Failure::seed)
        .isEqualTo(6L);
    assertThatThrownBy(
            () ->
                run(
                    new Settings(20, 1, Map.of("none", 6L), folder.resolve("campaign")),
                    Rehearsed.ALL))
        .hasMessageContaining("rehearsed-in-worker");
  }

  @Test
  void theContractOfExitCodes() throws Exception {
    result(0, "training").requireContract();
    result(1, "error: a", "error: b").requireContract();
    result(2, "training", "error: what is wrong").requireContract();
    result(143, "stopped after step 3").requireContract();
    assertWrong(result(70, "error: internal"), "ended with 70");
    assertWrong(result(134), "ended with 134");
    assertWrong(result(2), "0 lines of error");
    assertWrong(result(2, "error: a", "error: b"), "2 lines of error");
    assertWrong(result(2, "error: a", "and more"), "1 lines of error");
    assertWrong(result(0, "error: a"), "told an error");
    assertWrong(result(1, "\tat java.base/java.lang.Thread.run(Thread.java:1)"), "stack trace");
    assertThatThrownBy(() -> result(1, "error: a").require(0, 2))
        .hasMessageContaining("ended with 1");
  }

  private static CommandResult result(int exitCode, String... err) {
    return new CommandResult("./hypernet4j x", exitCode, List.of(), List.of(err));
  }

  private static void assertWrong(CommandResult result, String what) {
    assertThatThrownBy(result::requireContract)
        .isInstanceOf(Wrong.class)
        .hasMessageContaining(what);
  }

  /** A real command in a JVM of its own, and one that is ended by a signal. */
  @Test
  void commandsAndSignals() throws Exception {
    CommandResult bad =
        ChildCommand.cli("inspect", "no/such.json").run(folder.resolve("bad")).require(2);
    assertThat(bad.lastLine()).startsWith("error: no/such.json");
    assertThat(bad.command()).isEqualTo("./hypernet4j inspect no/such.json");

    Child child =
        ChildCommand.program(PrefetchingThreads.class, 1, 1_000_000)
            .interruptible()
            .start(folder.resolve("child"));
    assertThat(Ending.INT.end(child, new Random(1)).exitCode()).isEqualTo(130);
    Child hanging =
        ChildCommand.program(PrefetchingThreads.class, 1, 1_000_000)
            .start(folder.resolve("hanging"));
    assertThatThrownBy(() -> hanging.await(Duration.ofMillis(500)))
        .hasMessageContaining("did not end within");
    assertThat(hanging.isAlive()).isFalse();
  }

  /** Kinds that need no trained model, a few attempts of each: all that they throw is found. */
  @Test
  void damagedFilesAreReadInAWorker() throws Exception {
    Settings few =
        new Settings(
            1,
            3,
            settings("damaged-idx", "damaged-text", "damaged-ptb", "damaged-specification"),
            folder.resolve("campaign"));
    CampaignReport report = run(few, Kinds.all());

    assertThat(report.failures()).isEmpty();
    assertThat(report.tallies()).extracting(Tally::tried).containsExactly(15, 15, 100, 15);
  }

  private static Map<String, Long> settings(String... kinds) {
    Map<String, Long> only = new LinkedHashMap<>();
    for (String kind : kinds) {
      only.put(kind, null);
    }
    return only;
  }
}
