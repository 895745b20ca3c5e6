// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.hypernet4j.language.TextStream;
import org.hypernet4j.language.TextStreams;
import org.hypernet4j.language.TextToken;
import org.hypernet4j.zoo.SymbolDraw;

/**
 * Texts of language models, symbol by symbol, with the change of each gate's recurrent weights.
 *
 * <p>The lines of an answer: {@code {"symbols": ["R", ...], "prompt": true}}, then without {@code
 * prompt} what the model writes; {@code changes} has a row of numbers for each symbol, whose names
 * are in {@code strips} of the first line that has them; at last {@code {"end": "length"}}.
 */
final class PlayedText {
  static final int MOST_SYMBOLS = 2000;
  private static final int MOST_PROMPT = 2000;
  private static final int MOST_STRIPS = 12;

  /** In the paper's order; those of other cells before the candidate. */
  private static final String GATES = "izrgfo";

  /** A line has as many symbols as are there after this time, so that a fast model sends fewer. */
  private static final long NANOS_A_LINE = 40_000_000;

  private static final int SYMBOLS_A_LINE = 32;

  private final PlayedModels models;
  private final int most;
  private final BooleanSupplier stopping;

  PlayedText(PlayedModels models, int most, BooleanSupplier stopping) {
    this.models = models;
    this.most = most;
    this.stopping = stopping;
  }

  void answer(Asked asked, Request request, Response response) throws IOException {
    asked.requireOnly("model", "version", "prompt", "length", "temperature", "topK", "seed");
    String prompt = asked.text("prompt", MOST_PROMPT);
    int length = (int) asked.whole("length", 1, most);
    SymbolDraw draw =
        new SymbolDraw(
            asked.positive("temperature"),
            asked.has("topK") ? (int) asked.whole("topK", 1, Integer.MAX_VALUE) : null,
            asked.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE));
    try (PlayedModels.Use<TextStreams> use =
            models.use(
                asked, "a language model", TextStreams::isIn, TextStreams.class, TextStreams::of);
        TextStream text = use.value().startWithChanges(prompt, length, draw)) {
      request.addFailureListener(failure -> text.cancel());
      new Answer(new LineWriter(response)).send(text, prompt.isEmpty());
    }
  }

  /** One text on its way to the reader. */
  private final class Answer {
    private final LineWriter out;
    private final List<TextToken> waiting = new ArrayList<>();
    private final List<String> strips = new ArrayList<>();
    private boolean named;
    private long sent = System.nanoTime();

    Answer(LineWriter out) {
      this.out = out;
    }

    void send(TextStream text, boolean empty) throws IOException {
      try {
        waiting.addAll(text.prompt());
        if (empty) {
          waiting.clear(); // the symbol that stands for nothing is not to be seen
        } else {
          flush(true);
        }
        while (!stopping.getAsBoolean() && text.hasNext()) {
          waiting.add(text.next());
          if (waiting.size() == SYMBOLS_A_LINE || System.nanoTime() - sent > NANOS_A_LINE) {
            flush(false);
          }
        }
        flush(false);
        out.end(stopping.getAsBoolean() ? "stopped" : "length");
      } catch (RuntimeException e) {
        out.fail(e); // too late for a status of its own
      }
    }

    private void flush(boolean prompt) throws IOException {
      if (waiting.isEmpty()) {
        return;
      }
      JsonObject line = new JsonObject();
      if (prompt) {
        line.addProperty("prompt", true);
      }
      JsonArray symbols = new JsonArray();
      waiting.forEach(token -> symbols.add(token.text()));
      line.add("symbols", symbols);
      changes(line);
      waiting.clear();
      out.send(line);
      sent = System.nanoTime();
    }

    private void changes(JsonObject line) {
      for (TextToken token : waiting) {
        if (!named && !token.changes().isEmpty()) {
          named = true;
          strips.addAll(recurrent(token.changes()));
          JsonArray names = new JsonArray();
          strips.forEach(names::add);
          line.add("strips", names);
        }
      }
      if (!strips.isEmpty()) {
        JsonArray rows = new JsonArray();
        waiting.forEach(token -> rows.add(row(token.changes())));
        line.add("changes", rows);
      }
    }

    private JsonArray row(Map<String, Double> changes) {
      JsonArray row = new JsonArray();
      for (String strip : strips) {
        Double value = changes.get(strip);
        if (value != null && Double.isFinite(value)) {
          row.add(Rounded.of(value));
        } else {
          row.add(JsonNull.INSTANCE);
        }
      }
      return row;
    }
  }

  /** The weights that the paper shows (Fig 4): those of the recurrent part, of each gate. */
  static List<String> recurrent(Map<String, ?> changes) {
    return changes.keySet().stream()
        .filter(name -> name.matches("(.*/)?W_h(_[^/]*)?"))
        .sorted(
            Comparator.comparing((String name) -> name.substring(0, name.lastIndexOf('/') + 1))
                .thenComparing(name -> GATES.indexOf(name.charAt(name.length() - 1))))
        .limit(MOST_STRIPS)
        .toList();
  }
}
