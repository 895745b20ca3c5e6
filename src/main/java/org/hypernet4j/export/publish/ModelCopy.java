// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.verify.ModelIntegrity;

/** Copies the files of a model: regular files only, nothing outside the folder. */
final class ModelCopy {
  private static final int LONGEST_NAME = 200;

  private final Path model;
  private final List<Path> files;

  private ModelCopy(Path model, List<Path> files) {
    this.model = model;
    this.files = files;
  }

  /**
   * Lists the files to copy.
   *
   * @param folder the folder of the model, which may itself be given by a link
   * @throws UserError naming an entry that is neither a file nor a folder, or whose name is invalid
   */
  static ModelCopy of(Path folder) {
    try {
      Path model = folder.toRealPath();
      List<Path> files = new ArrayList<>();
      try (Stream<Path> paths = Files.walk(model)) {
        for (Path path : (Iterable<Path>) paths::iterator) {
          if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            requireCopyable(model, path);
            files.add(path);
          }
        }
      }
      return new ModelCopy(model, files);
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  private static void requireCopyable(Path model, Path path) {
    String name = ModelFiles.name(model, path);
    String shown = ModelIntegrity.visible(name);
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      boolean link = Files.isSymbolicLink(path);
      throw UserError.in(model.resolve(shown))
          .what(link ? "is a link, which is not published" : "is not a file and is not published")
          .expected("regular files only")
          .received(link ? "a symbolic link" : "a pipe, a socket or a device")
          .next(link ? "put the file itself there" : "remove it")
          .build();
    }
    if (!shown.equals(name) || name.length() > LONGEST_NAME || name.indexOf('\\') >= 0) {
      throw UserError.in(model.resolve(shown))
          .what("has a name that is not published")
          .expected(
              "at most " + LONGEST_NAME + " characters, no backslash and no control character")
          .next("rename it")
          .build();
    }
  }

  /** Size of all files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  /** Copies all files into a folder that is empty. */
  void to(Path folder) throws IOException {
    for (Path file : files) {
      Path target = folder.resolve(model.relativize(file).toString());
      Path parent = target.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.copy(file, target, LinkOption.NOFOLLOW_LINKS);
      requireCopyable(folder, target); // it may have become a link meanwhile
    }
  }

  private static UserError unreadable(Path folder, Exception e) {
    return UserError.in(folder)
        .what("cannot be read")
        .received(e.toString())
        .next("check its permissions")
        .cause(e)
        .build();
  }
}
