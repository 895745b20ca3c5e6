// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.hypernet4j.error.UserError;

/**
 * One bit of a file is flipped, and the file read in this process.
 *
 * @param name of the kind
 * @param file which
 * @param beside sound files that reading needs in the same folder
 * @param read reads it
 * @param equal whether what was read is as good as what the sound file holds
 */
record FlippedFile<T>(
    String name,
    Function<Materials, Path> file,
    Function<Materials, List<Path>> beside,
    Function<Path, T> read,
    BiPredicate<T, T> equal)
    implements FaultKind {
  @Override
  public String right() {
    return "refused in one line, or the content is that of the sound file";
  }

  @Override
  public int attempts() {
    return 1000;
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Path sound = file.apply(attempt.materials());
    Path damaged = attempt.folder().resolve(sound.getFileName());
    byte[] bytes = Files.readAllBytes(sound);
    int at = ByteDamage.flipBit(bytes, attempt.random());
    Files.write(damaged, bytes);
    for (Path other : beside.apply(attempt.materials())) {
      Files.copy(other, attempt.folder().resolve(other.getFileName()));
    }
    T content;
    try {
      content = read.apply(damaged);
    } catch (UserError e) {
      requireOneLine(e);
      return;
    }
    if (!equal.test(read.apply(sound), content)) {
      throw new Wrong(
          "bit flipped in byte " + at + " of " + sound + ": read, with another content");
    }
  }

  static void requireOneLine(UserError error) throws Wrong {
    if (String.valueOf(error.getMessage()).lines().count() != 1) {
      throw new Wrong("an error of several lines: " + error.getMessage());
    }
  }
}
