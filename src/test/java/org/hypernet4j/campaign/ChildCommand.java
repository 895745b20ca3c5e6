// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hypernet4j.cli.Main;
import org.jspecify.annotations.Nullable;

/**
 * A Java program of this project in a JVM of its own, with the options and the environment that the
 * launcher gives it.
 */
final class ChildCommand {
  /** What a busy machine needs for a small training, three times over. */
  static final Duration LIMIT = Duration.ofSeconds(150);

  private final String main;
  private final List<String> words;
  private final List<String> before = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private @Nullable Path directory;

  private ChildCommand(String main, List<String> words) {
    this.main = main;
    this.words = new ArrayList<>(words);
    environment.put("CLASSPATH", classPath());
    environment.put("TF_ENABLE_ONEDNN_OPTS", "1");
    environment.put("TF_CPP_MIN_LOG_LEVEL", "3");
  }

  /** Ours, valid in any folder. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** A command line. */
  static ChildCommand cli(Object... words) {
    return new ChildCommand(Main.class.getName(), List.of(Commands.words(words)));
  }

  /** The {@code main} of another class of the campaign. */
  static ChildCommand program(Class<?> main, Object... words) {
    return new ChildCommand(main.getName(), List.of(Commands.words(words)));
  }

  /** Adds words at the end. */
  ChildCommand with(Object... more) {
    words.addAll(List.of(Commands.words(more)));
    return this;
  }

  /** Adds an option of Java. */
  ChildCommand option(String option) {
    options.add(option);
    return this;
  }

  /** Adds an environment variable. */
  ChildCommand variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Runs it in another folder than this process's. */
  ChildCommand in(Path other) {
    directory = other;
    return this;
  }

  /** Puts the words of a program that runs the rest of the line before it. */
  ChildCommand under(String... program) {
    before.addAll(List.of(program));
    return this;
  }

  /**
   * Lets SIGINT end it even where whoever started the campaign ignores it, as {@code nohup} does.
   */
  ChildCommand interruptible() {
    return System.getProperty("os.name").equals("Linux")
        ? under("env", "--default-signal=INT")
        : this;
  }

  /** As a user would type it. */
  String typed() {
    return main.equals(Main.class.getName())
        ? Commands.typed(words)
        : main + " " + String.join(" ", words);
  }

  private List<String> line(Path log) {
    List<String> line = new ArrayList<>(before);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    line.addAll(List.of("-Djava.awt.headless=true", "-Djdk.console=java.base"));
    line.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    line.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + log + ".hs_err"));
    line.addAll(options);
    line.add(main);
    line.addAll(words);
    return line;
  }

  /**
   * Starts it.
   *
   * @param log the start of the paths of the files that take what it says
   */
  Child start(Path log) throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    Path out = Path.of(log + ".out");
    Path err = Path.of(log + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(line(log.toAbsolutePath()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    return new Child(typed(), builder.start(), out, err, Path.of(log + ".hs_err"));
  }

  /**
   * Starts it and waits for its end.
   *
   * @throws Wrong if it does not end in time
   */
  CommandResult run(Path log) throws IOException, Wrong, InterruptedException {
    return start(log).await(LIMIT);
  }
}
