// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * The output of one command: readable text, and the same facts as one JSON object.
 *
 * <p>Without {@code --json} the text goes to standard output and the object is not printed. With it
 * the object is the last line of standard output, and the text goes to standard error.
 */
final class Report {
  private final Terminal terminal;
  private final boolean json;
  private final JsonObject facts = new JsonObject();
  private final long startNanos = System.nanoTime();
  private volatile boolean withinLine;

  Report(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /** Prints one or more lines of the result; on a screen they break between words. */
  void say(String format, @Nullable Object... values) {
    String text = String.format(Locale.ROOT, format, values).stripTrailing();
    text()
        .println(
            text.lines()
                .map(line -> wrapped(line, json ? Terminal.UNLIMITED : terminal.columns()))
                .collect(Collectors.joining("\n")));
  }

  /** A line in pieces that fit, later ones further in; a word that is too long stays whole. */
  static String wrapped(String line, int columns) {
    if (line.length() <= columns) {
      return line;
    }
    int indent = line.length() - line.stripLeading().length();
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (String word : line.stripLeading().split(" ", -1)) {
      if (at == 0) {
        text.append(" ".repeat(indent));
        at = indent;
      } else if (at + 1 + word.length() > columns) {
        text.append('\n').append(" ".repeat(indent + 2));
        at = indent + 2;
      } else {
        text.append(' ');
        at++;
      }
      text.append(word);
      at += word.length();
    }
    return text.toString();
  }

  /** Prints a block of text unchanged. */
  void block(String text) {
    text().println(text.stripTrailing());
  }

  /** Prints a piece of text unchanged and flushes it; later text may follow on the same line. */
  void stream(String text) {
    text().print(text);
    text().flush();
    withinLine = text.isEmpty() ? withinLine : !text.endsWith("\n");
  }

  /**
   * Prints an object of its own on standard output: one of many results with {@code --json}, before
   * the object of the facts.
   */
  void row(JsonElement object) {
    terminal.out().println(object);
    terminal.out().flush();
  }

  /**
   * Checks that what was printed has arrived.
   *
   * @throws UserError if the reader of standard output is gone, or its disk is full
   */
  void requireArrived() {
    if (terminal.out().checkError()) {
      throw UserError.in("standard output")
          .what("cannot be written any more")
          .expected("a program that reads it to its end, or room on the disk")
          .build();
    }
  }

  /** The stream of the result's text. */
  private PrintStream text() {
    return json ? terminal.err() : terminal.out();
  }

  /** The stream of progress and remarks. */
  PrintStream log() {
    return terminal.err();
  }

  /** Whether progress may be drawn in place. */
  boolean interactive() {
    return terminal.interactive();
  }

  /** Adds a number; JSON has no NaN and no infinity, so these become null. */
  Report put(String key, double value) {
    facts.add(key, Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE);
    return this;
  }

  /** Adds a whole number. */
  Report put(String key, long value) {
    facts.addProperty(key, value);
    return this;
  }

  /** Adds a text, or null. */
  Report put(String key, @Nullable String value) {
    facts.addProperty(key, value);
    return this;
  }

  /** Adds a truth value, or null for what was not checked. */
  Report put(String key, @Nullable Boolean value) {
    facts.addProperty(key, value);
    return this;
  }

  /** Adds any JSON value. */
  Report put(String key, JsonElement value) {
    facts.add(key, value);
    return this;
  }

  /** Seconds since the command began. */
  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Reports that a signal ends the command; called from another thread than the command's. */
  void stopped(String line) {
    if (withinLine) {
      text().println();
    }
    NativeLog.whenOver(
        () -> {
          terminal.err().println(line);
          terminal.err().flush();
        });
    if (json) {
      terminal.out().println("{\"stopped\":true}");
      terminal.out().flush();
    }
  }

  /** Prints the object with {@code --json}; nothing may be printed on standard output after it. */
  void end() {
    if (json) {
      terminal.out().println(facts);
      terminal.out().flush();
    }
  }
}
