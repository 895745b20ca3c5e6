// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;

/** Checks, before hours of work, that the result can be written to its place. */
final class Writable {
  private Writable() {}

  /**
   * Checks that a folder exists and can be written to, or that it can be created.
   *
   * @param option the option that names it
   * @throws UserError if neither is possible
   */
  static void requireFolder(String option, Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw UserError.in(option)
          .what("cannot be a folder: " + existing + " is a file")
          .expected("a folder, or a path where one can be made")
          .received(folder)
          .next("choose another folder")
          .build();
    }
    if (!Files.isWritable(existing)) {
      throw UserError.in(option)
          .what(existing + " cannot be written to")
          .expected("a folder that this user may write to")
          .received(folder)
          .next("choose another folder or change its permissions")
          .build();
    }
  }

  /**
   * Checks that a file can be created in its folder, or replaced there.
   *
   * @param option the option that names it
   * @param ending the required ending of its name, such as {@code .png}
   * @throws UserError if the name or the place does not allow it
   */
  static void requireFile(String option, Path file, String ending) {
    if (!file.toString().endsWith(ending)) {
      throw UserError.in(option)
          .what("not the name of such a file")
          .expected("a name that ends in " + ending)
          .received(file)
          .build();
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw UserError.in(option)
          .what("cannot be a file")
          .expected("a file in a folder that exists")
          .received(file)
          .next("make the folder or choose another path")
          .build();
    }
    requireFolder(option, folder);
  }
}
