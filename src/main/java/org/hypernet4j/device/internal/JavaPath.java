// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The sources of this process's classes: the class path and, in a modular application, the module
 * path, whose folders of jars a class path would not search.
 */
public final class JavaPath {
  private JavaPath() {}

  /** The entries as a class path, for a process that needs the same classes. */
  public static String asClassPath() {
    return asClassPath(
        System.getProperty("java.class.path", ""), System.getProperty("jdk.module.path", ""));
  }

  static String asClassPath(String classPath, String modulePath) {
    StringJoiner path = new StringJoiner(File.pathSeparator);
    if (!classPath.isEmpty()) {
      path.add(classPath);
    }
    for (Path entry : split(modulePath)) {
      List<Path> modules = isFolderOfModules(entry) ? modules(entry) : List.of(entry);
      modules.forEach(module -> path.add(module.toString()));
    }
    return path.toString();
  }

  private static List<Path> split(String path) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .toList();
  }

  private static boolean isFolderOfModules(Path entry) {
    return Files.isDirectory(entry) && !isModule(entry);
  }

  private static boolean isModule(Path entry) {
    return Files.isDirectory(entry)
        ? Files.exists(entry.resolve("module-info.class"))
        : entry.toString().endsWith(".jar");
  }

  private static List<Path> modules(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(JavaPath::isModule).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
