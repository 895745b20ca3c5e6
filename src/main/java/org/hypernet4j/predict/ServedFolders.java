// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.serving.VersionNumbers;
import org.hypernet4j.predict.ServedModel.VersionFolder;

/** Finds the models in a folder: one version, a model with its versions, or several such. */
final class ServedFolders {
  private ServedFolders() {}

  /** The versions in a model's folder by number, the newest first. */
  static Map<Long, Path> versions(Path base) throws IOException {
    Map<Long, Path> newestFirst = new LinkedHashMap<>();
    VersionNumbers.largestFirst(base)
        .forEach((path, number) -> newestFirst.putIfAbsent(number, path));
    return newestFirst;
  }

  /**
   * The models that a folder holds now, by name.
   *
   * @throws IOException if it cannot be listed
   */
  static Map<String, VersionFolder> models(Path folder) throws IOException {
    if (Files.exists(folder.resolve(ModelFiles.MODEL))) {
      long number = Objects.requireNonNullElse(VersionNumbers.parse(name(folder)), 1L);
      return Map.of(modelOf(folder), () -> Map.of(number, folder));
    }
    if (holdsVersions(folder)) {
      return Map.of(name(folder), () -> versions(folder));
    }
    Map<String, VersionFolder> models = new TreeMap<>();
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.sorted().toList()) {
        if (Files.isDirectory(child) && holdsVersions(child)) {
          models.put(name(child), () -> versions(child));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return models;
  }

  private static boolean holdsVersions(Path folder) {
    try {
      return versions(folder).values().stream()
          .anyMatch(version -> Files.exists(version.resolve(ModelFiles.MODEL)));
    } catch (IOException e) {
      return false; // one that may not be read is no model's, the others are served
    }
  }

  private static String name(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return last == null ? "model" : last.toString();
  }

  /** A version's own name, or that of the folder in which it lies. */
  private static String modelOf(Path version) {
    if (Manifest.isIn(version)) {
      try {
        return Manifest.read(version).model();
      } catch (UserError e) {
        // loading it says what is wrong with it
      }
    }
    Path parent = version.toAbsolutePath().normalize().getParent();
    boolean numbered = VersionNumbers.parse(name(version)) != null;
    return numbered && parent != null ? name(parent) : name(version);
  }
}
