// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a campaign found.
 *
 * @param settings it was run with
 * @param tallies one a kind
 * @param seconds of the whole
 */
record CampaignReport(Settings settings, List<Tally> tallies, double seconds) {
  private static final String BEGIN = "<!-- campaign: begin -->";
  private static final String END = "<!-- campaign: end -->";

  CampaignReport {
    tallies = List.copyOf(tallies);
  }

  List<Failure> failures() {
    return tallies.stream().flatMap(tally -> tally.failures().stream()).toList();
  }

  /** The figures as a table of Markdown, which reads well on a terminal too. */
  String table() {
    StringBuilder text = new StringBuilder();
    row(text, "kind", "tried", "right", "wrong", "seconds");
    row(text, "---", "---:", "---:", "---:", "---:");
    for (Tally each : tallies) {
      row(
          text,
          each.kind().name(),
          number(each.tried()),
          number(each.right()),
          number(each.wrong()),
          number(each.time().toSeconds()));
    }
    row(
        text,
        "all",
        number(tallies.stream().mapToInt(Tally::tried).sum()),
        number(tallies.stream().mapToInt(Tally::right).sum()),
        number(tallies.stream().mapToInt(Tally::wrong).sum()),
        number((long) seconds));
    return text.toString();
  }

  /** The catalogue: the figures with what counts as right. */
  String catalogue() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "`mvn -Pcampaign verify -Dcampaign.minutes=%s -Dcampaign.seed=%d`, %,d s in all; kinds run"
                + " two at a time:%n%n",
            new Gson().toJson(settings.minutes()).replaceAll("\\.0$", ""),
            settings.seed(),
            (long) seconds));
    row(text, "kind", "right is", "tried", "right", "wrong", "seconds");
    row(text, "---", "---", "---:", "---:", "---:", "---:");
    for (Tally each : tallies) {
      row(
          text,
          "`" + each.kind().name() + "`",
          each.kind().right(),
          number(each.tried()),
          number(each.right()),
          number(each.wrong()),
          number(each.time().toSeconds()));
    }
    return text.toString();
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("minutes", settings.minutes());
    json.addProperty("seed", settings.seed());
    json.addProperty("seconds", seconds);
    JsonArray kinds = new JsonArray();
    for (Tally each : tallies) {
      JsonObject kind = new JsonObject();
      kind.addProperty("kind", each.kind().name());
      kind.addProperty("tried", each.tried());
      kind.addProperty("right", each.right());
      kind.addProperty("wrong", each.wrong());
      kind.addProperty("seconds", each.time().toMillis() / 1e3);
      kind.add("failures", new Gson().toJsonTree(each.failures()));
      kinds.add(kind);
    }
    json.add("kinds", kinds);
    return json;
  }

  /** Writes {@code report.md} and {@code report.json}. */
  void write(Path folder) throws IOException {
    String failures =
        failures().stream()
            .map(failure -> "\n```\n" + failure + "\n```\n")
            .collect(Collectors.joining());
    Files.writeString(folder.resolve("report.md"), catalogue() + failures);
    Files.writeString(
        folder.resolve("report.json"),
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json()) + "\n");
  }

  /** Puts the catalogue into a page, between the two comments that are kept for it. */
  void writeInto(Path page) throws IOException {
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(page + " has no place between " + BEGIN + " and " + END);
    }
    Files.writeString(
        page, text.substring(0, begin) + BEGIN + "\n" + catalogue() + text.substring(end));
  }
}
