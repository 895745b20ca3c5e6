// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds shared libraries where the loader of Linux looks for them: LD_LIBRARY_PATH, its cache, the
 * usual folders. Java itself opens libraries by path only, and JavaCPP's way to open them by name
 * works only once TensorFlow is loaded, which is too late.
 */
public final class SystemLibraries {
  private static final List<String> USUAL =
      List.of("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64");

  private SystemLibraries() {}

  /** The file of that name that the loader would use. */
  static Optional<Path> find(String name) {
    return Stream.of(fromEnvironment(name), fromCache(name), inFolders(name, USUAL.stream()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Whether the library can be opened; it stays open then. */
  public static boolean opens(String name) {
    return find(name).filter(SystemLibraries::loads).isPresent();
  }

  private static boolean loads(Path file) {
    try {
      System.load(file.toAbsolutePath().toString());
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false; // of another architecture, or one that it needs is missing
    }
  }

  private static Optional<Path> fromEnvironment(String name) {
    String path = System.getenv("LD_LIBRARY_PATH");
    return path == null
        ? Optional.empty()
        : inFolders(name, Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(path));
  }

  private static Optional<Path> inFolders(String name, Stream<String> folders) {
    return folders
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static Optional<Path> fromCache(String name) {
    List<String> lines = new ArrayList<>(Programs.lines("ldconfig", "-p"));
    if (lines.isEmpty()) { // not on every user's path
      lines.addAll(Programs.lines("/sbin/ldconfig", "-p"));
    }
    return inCache(name, lines);
  }

  /** The 64-bit entry in the output of {@code ldconfig -p}. */
  public static Optional<Path> inCache(String name, List<String> lines) {
    return lines.stream()
        .map(String::strip)
        .filter(line -> line.startsWith(name + " (") && line.contains("x86-64"))
        .filter(line -> line.contains("=> "))
        .map(line -> Path.of(line.substring(line.indexOf("=> ") + 3)))
        .findFirst();
  }
}
