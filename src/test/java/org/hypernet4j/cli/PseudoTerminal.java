// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the command line in a JVM of its own, in front of a pseudo-terminal, and presses keys when
 * something is to be seen. Python 3 makes the terminal; Java cannot.
 *
 * <pre>{@code
 * Outcome outcome = new PseudoTerminal(folder)
 *     .whenShown("training +[1-9]").press(CTRL_C)
 *     .run("train", "graphs/mnist-hyper.json", "--run", folder.resolve("run"));
 * }</pre>
 */
public final class PseudoTerminal {
  /** What the key of an interrupt sends: the terminal makes SIGINT of it, for all who run in it. */
  public static final String CTRL_C = "\u0003";

  private static final String SCRIPT = "/cli/pseudo_terminal.py";

  private final Path folder;
  private final JsonArray actions = new JsonArray();
  private final List<String> javaOptions = new ArrayList<>();
  private int columns = 100;
  private Duration limit = Duration.ofSeconds(90);

  /**
   * What became of the process.
   *
   * @param exit its exit code, or null if a signal that it did not catch ended it
   * @param signal that signal, or null
   * @param done how many of the actions were done
   * @param caught for each of these, whether the process caught SIGINT then; null where /proc does
   *     not tell
   * @param timedOut whether it had to be killed
   * @param shown all that the terminal has shown
   */
  public record Outcome(
      @Nullable Integer exit,
      @Nullable Integer signal,
      int done,
      List<@Nullable Boolean> caught,
      boolean timedOut,
      String shown) {
    /** The lines as a person sees them at the end: what was drawn over is gone. */
    public List<String> lines() {
      return shown
          .replace("\r\n", "\n")
          .lines()
          .map(line -> line.substring(line.lastIndexOf('\r') + 1))
          .toList();
    }
  }

  /** What an action waits for. */
  public final class Moment {
    private final JsonObject action;

    private Moment(JsonObject action) {
      this.action = action;
    }

    /** So much later. */
    public Moment after(Duration delay) {
      action.addProperty("delay", delay.toMillis() / 1e3);
      return this;
    }

    /** Sends keys. */
    public PseudoTerminal press(String keys) {
      action.addProperty("send", keys);
      actions.add(action);
      return PseudoTerminal.this;
    }

    /** Makes the window so many columns wide. */
    public PseudoTerminal resize(int width) {
      action.addProperty("columns", width);
      actions.add(action);
      return PseudoTerminal.this;
    }
  }

  /**
   * A terminal.
   *
   * @param folder where its files are put, one terminal at a time
   */
  public PseudoTerminal(Path folder) {
    this.folder = folder;
  }

  /** Why there is no pseudo-terminal on this machine, or null if there is one. */
  public static @Nullable String unavailable() {
    try {
      Process python =
          new ProcessBuilder("python3", "-c", "import pty, termios; pty.openpty()")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = python.waitFor(30, TimeUnit.SECONDS);
      python.destroyForcibly();
      return ended && python.exitValue() == 0 ? null : "python3 makes no pseudo-terminal here";
    } catch (IOException e) {
      return "there is no python3 to make a pseudo-terminal";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** The width at the beginning. */
  public PseudoTerminal columns(int width) {
    columns = width;
    return this;
  }

  /** After which the process is killed. */
  public PseudoTerminal limit(Duration time) {
    limit = time;
    return this;
  }

  /** Options for the JVM. */
  public PseudoTerminal java(String... options) {
    javaOptions.addAll(List.of(options));
    return this;
  }

  /** The next action waits until this regular expression is shown, after the action before it. */
  public Moment whenShown(String regex) {
    JsonObject action = new JsonObject();
    action.addProperty("output", regex);
    return new Moment(action);
  }

  /**
   * The next action waits until there is a file.
   *
   * @param pattern its path with {@code *} for anything but a dot at the beginning of a name
   * @param regex what must be found in it, or null for nothing
   */
  public Moment whenFile(String pattern, @Nullable String regex) {
    JsonObject action = new JsonObject();
    action.addProperty("files", pattern);
    if (regex != null) {
      action.addProperty("text", regex);
    }
    return new Moment(action);
  }

  /** Runs a command line of Hypernet4J to its end. */
  public Outcome run(Object... words) throws IOException, InterruptedException {
    JsonArray command = new JsonArray();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djdk.console=java.base")
        .forEach(command::add);
    javaOptions.forEach(command::add);
    command.add("org.hypernet4j.cli.Main");
    for (Object word : words) {
      command.add(word.toString());
    }
    Path transcript = folder.resolve("shown.txt");
    Path result = folder.resolve("outcome.json");
    Files.deleteIfExists(result);
    JsonObject plan = new JsonObject();
    plan.add("command", command);
    plan.addProperty("columns", columns);
    plan.addProperty("rows", 24);
    plan.addProperty("seconds", limit.toMillis() / 1e3);
    plan.addProperty("transcript", transcript.toString());
    plan.addProperty("result", result.toString());
    plan.add("actions", actions);
    Path script = folder.resolve("pseudo_terminal.py");
    try (InputStream source = PseudoTerminal.class.getResourceAsStream(SCRIPT)) {
      Files.write(script, source.readAllBytes());
    }
    Path file = Files.writeString(folder.resolve("plan.json"), plan.toString());
    Path err = folder.resolve("python.txt");
    ProcessBuilder builder =
        new ProcessBuilder("python3", script.toString(), file.toString())
            .redirectErrorStream(true)
            .redirectOutput(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    environment.put("TERM", "xterm");
    environment.put("TF_ENABLE_ONEDNN_OPTS", "1");
    environment.put("TF_CPP_MIN_LOG_LEVEL", "2");
    Process python = builder.start();
    if (!python.waitFor(limit.toSeconds() + 30, TimeUnit.SECONDS) || !Files.exists(result)) {
      python.destroyForcibly();
      throw new IOException("The pseudo-terminal failed: " + Files.readString(err));
    }
    return outcome(
        JsonParser.parseString(Files.readString(result)).getAsJsonObject(),
        Files.readString(transcript));
  }

  private static Outcome outcome(JsonObject json, String shown) {
    List<@Nullable Boolean> caught = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("caught")) {
      caught.add(element.isJsonNull() ? null : element.getAsBoolean());
    }
    JsonElement exit = json.get("exit");
    JsonElement signal = json.get("signal");
    return new Outcome(
        exit.isJsonNull() ? null : exit.getAsInt(),
        signal.isJsonNull() ? null : signal.getAsInt(),
        json.get("done").getAsInt(),
        caught,
        json.get("timedOut").getAsBoolean(),
        shown);
  }
}
