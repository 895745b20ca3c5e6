// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.jspecify.annotations.Nullable;

/**
 * Whether the files of an exported model are those that its manifest names, byte for byte, and no
 * others.
 *
 * <p>Code that opens a model of this library calls this once, before anything is parsed or loaded.
 * Sizes are compared first; then every byte is hashed, which is what opening a large model costs
 * more.
 */
public final class ModelIntegrity {
  /** Maximum depth of a model's folders: {@code assets.extra/requests/FILE}, with a margin. */
  private static final int DEPTH = 8;

  private static final String NOT_A_FILE = " is not a file";
  private static final int SHOWN = 30;

  private final Path folder;
  private final @Nullable Manifest manifest;
  private final List<Fault> faults = new ArrayList<>();

  private ModelIntegrity(Path folder, @Nullable Manifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Refuses a model of this library that differs from the exported one. A folder without a manifest
   * is a foreign model, of which nothing is known: it passes if it contains regular files only. So
   * does a folder that is not a model.
   *
   * @param folder of one version, with {@code saved_model.pb} in it
   * @throws UserError that names the file; the manifest itself must be unchanged too
   */
  public static void require(Path folder) {
    if (!Files.exists(folder.resolve(ModelFiles.MODEL))) {
      return;
    }
    boolean ours = Manifest.isIn(folder);
    List<Fault> faults = faults(folder, ours ? Manifest.read(folder) : null);
    if (!faults.isEmpty()) {
      throw UserError.in(folder)
          .what(ours ? "is not the model that was exported" : "is not a complete model")
          .received(Fault.summary(faults))
          .next("copy or export the model again; " + Setting.command("verify") + " shows details")
          .build();
    }
  }

  /**
   * Everything in which the folder differs from its manifest.
   *
   * @param manifest or null for a model that has none, in which only pipes and devices are faults:
   *     a loader that opens one waits for ever
   */
  public static List<Fault> faults(Path folder, @Nullable Manifest manifest) {
    ModelIntegrity check = new ModelIntegrity(folder, manifest);
    check.run();
    return check.faults;
  }

  private void run() {
    Map<String, Path> found = new TreeMap<>();
    try {
      found.putAll(find(folder));
    } catch (IOException e) {
      add(Fault.Kind.UNREADABLE_FILE, "the folder cannot be listed: " + Verifier.oneLine(e));
      return;
    }
    if (manifest == null) {
      found.forEach(
          (name, file) -> {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
              add(Fault.Kind.UNREADABLE_FILE, visible(name) + NOT_A_FILE);
            }
          });
      return;
    }
    manifest.files().forEach((name, entry) -> compare(name, entry, found.get(name)));
    found.keySet().removeAll(manifest.files().keySet());
    found.remove(Manifest.PATH);
    found.keySet().stream()
        .limit(SHOWN)
        .forEach(name -> add(Fault.Kind.UNLISTED_FILE, visible(name) + " is not in the manifest"));
    if (found.size() > SHOWN) {
      add(Fault.Kind.UNLISTED_FILE, (found.size() - SHOWN) + " more are not in the manifest");
    }
  }

  /**
   * All that is in a folder and below it but folders, by path with {@code /}. Links are followed:
   * what counts is the file that opening the path yields.
   *
   * @throws IOException if a folder cannot be read, or links go round in a circle
   */
  private static Map<String, Path> find(Path folder) throws IOException {
    Map<String, Path> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (!Files.isDirectory(path) || folder.relativize(path).getNameCount() == DEPTH) {
          found.put(ModelFiles.name(folder, path), path);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return found;
  }

  private void compare(String name, Manifest.FileEntry entry, @Nullable Path file) {
    if (file == null) {
      add(Fault.Kind.MISSING_FILE, ModelFiles.missing(visible(name)));
      return;
    }
    if (!Files.isRegularFile(file)) {
      add(Fault.Kind.UNREADABLE_FILE, visible(name) + NOT_A_FILE);
      return;
    }
    try {
      long bytes = Files.size(file);
      if (bytes != entry.bytes()) {
        add(
            Fault.Kind.CHANGED_FILE,
            "%s is not the file that was exported: %d bytes, the manifest records %d"
                .formatted(visible(name), bytes, entry.bytes()));
        return;
      }
      Manifest.FileEntry actual = Manifest.entry(file);
      if (!actual.equals(entry)) {
        add(
            Fault.Kind.CHANGED_FILE,
            "%s is not the file that was exported: %d bytes with SHA-256 %s, the manifest records %d and %s"
                .formatted(
                    visible(name),
                    actual.bytes(),
                    actual.sha256(),
                    entry.bytes(),
                    visible(entry.sha256())));
      }
    } catch (IOException e) {
      add(Fault.Kind.UNREADABLE_FILE, visible(name) + " cannot be read: " + Verifier.oneLine(e));
    }
  }

  /** A name that may hold anything, made fit for a terminal. */
  public static String visible(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}
