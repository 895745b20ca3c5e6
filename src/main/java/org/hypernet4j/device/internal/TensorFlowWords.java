// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds TensorFlow's own reason for registering no GPU. If it reports no error it writes to its
 * log, which is silent in a process that was started with {@code TF_CPP_MIN_LOG_LEVEL=3} and cannot
 * be enabled there: so another process is started, and its log is read.
 */
public final class TensorFlowWords {
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  /** {@code 2024-11-16 03:00:00.123456: E path/file.cc:123] what happened}; other logs alike. */
  private static final Pattern LINE = Pattern.compile("([IWEF])[ \\d].*?\\S+\\.cc:\\d+\\] (.+)");

  /** Logged on every machine, with and without a GPU. */
  private static final Pattern IDLE =
      Pattern.compile(
          "Unable to register|already registered|oneDNN|MLIR V1|CPU instructions|NUMA node"
              + "|InitializeLog");

  private static final Pattern OF_GPU =
      Pattern.compile("(?i)gpu|cuda|dlopen|driver|could not load dynamic");

  private static final int MOST = 3;

  /** It loads gigabytes of libraries, from a slow disk perhaps. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private TensorFlowWords() {}

  /** The reasons in the log; empty if there are none, or if no second JVM can be started. */
  public static List<String> ask() {
    String name = File.separatorChar == '\\' ? "java.exe" : "java";
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", name).toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    String cache = System.getProperty(CACHE);
    if (cache != null) {
      command.add("-D" + CACHE + "=" + cache);
    }
    command.add(TensorFlowWords.class.getName());
    // in the environment the class path may be longer than a command line
    Map<String, String> environment =
        Map.of("CLASSPATH", JavaPath.asClassPath(), "TF_CPP_MIN_LOG_LEVEL", "0");
    return ofLog(Programs.lines(PATIENCE, environment, command.toArray(new String[0])));
  }

  /** The lines of a log that state why there is no GPU, without time and place, none twice. */
  static List<String> ofLog(List<String> lines) {
    Set<String> said = new LinkedHashSet<>();
    for (String line : lines) {
      Matcher entry = LINE.matcher(line);
      if (entry.find()) {
        boolean serious = !entry.group(1).equals("I") || line.contains("Ignoring visible gpu");
        String words = entry.group(2).strip();
        if (serious && OF_GPU.matcher(words).find() && !IDLE.matcher(words).find()) {
          said.add(words);
        }
      }
    }
    return said.stream().limit(MOST).toList();
  }

  /** The other process's main method. */
  public static void main(String[] args) {
    GpuLibraries.preload();
    TensorFlowDevices.refusal(ShownGpus.configuration());
  }
}
