// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The findings of {@code doctor}: facts, advice and problems. A problem prevents training or
 * export; the subject of an advice only makes them slower.
 */
final class Checkup {
  private final Report report;
  private final JsonArray advice = new JsonArray();
  private final List<Problem> problems = new ArrayList<>();

  private record Problem(String what, String remedy) {}

  Checkup(Report report) {
    this.report = report;
  }

  /** Adds a fact, as a readable line and under a key of the JSON object. */
  void fact(String label, String key, String value) {
    report.say("%-18s %s", label, value);
    report.put(key, value);
  }

  /** The report, for numbers beside a line. */
  Report report() {
    return report;
  }

  /** Adds advice: something works but could be better. */
  void advise(String text) {
    report.say("%-18s %s", "", "advice: " + text);
    advice.add(text);
  }

  /** Adds a problem: something does not work. */
  void problem(String what, String remedy) {
    report.say("%-18s %s", "", "PROBLEM: " + what + ". " + remedy);
    problems.add(new Problem(what, remedy));
  }

  /** Writes the summary and returns whether there is no problem. */
  boolean conclude() {
    JsonArray list = new JsonArray();
    for (Problem problem : problems) {
      JsonObject entry = new JsonObject();
      entry.addProperty("problem", problem.what());
      entry.addProperty("remedy", problem.remedy());
      list.add(entry);
    }
    report.put("healthy", problems.isEmpty()).put("problems", list).put("advice", advice);
    report.say(
        problems.isEmpty()
            ? "All that training and export need is there."
            : problems.size() == 1
                ? "1 problem, see above."
                : problems.size() + " problems, see above.");
    return problems.isEmpty();
  }
}
