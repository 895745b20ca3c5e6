// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;

/**
 * The file {@code checkpoint} in a folder of TensorFlow checkpoints, which names the latest one.
 */
final class CheckpointState {
  private static final Pattern LATEST =
      Pattern.compile("(?m)^model_checkpoint_path: ?\"([^\"\n]+)\"");

  private CheckpointState() {}

  /**
   * The prefix of the latest checkpoint. The path in the file may be that of another machine, or of
   * the folder that this one was copied from, so files next to it take precedence.
   *
   * @throws UserError if the folder has no such file, or it names no checkpoint
   */
  static Path latest(Path folder) {
    Path state = folder.resolve("checkpoint");
    if (Files.isRegularFile(state)) {
      try {
        Matcher line = LATEST.matcher(RegularFiles.readString(state, RegularFiles.WRITTEN));
        if (line.find()) {
          return prefix(folder, line.group(1));
        }
      } catch (IOException | InvalidPathException e) {
        throw UserError.in(state).what("cannot be read").received(e.getMessage()).cause(e).build();
      }
    }
    throw UserError.in(folder)
        .what("holds no weights of a known form")
        .expected("saved_model.pb, or a file 'checkpoint' that names the latest checkpoint")
        .next("give the folder of one model, or the checkpoint's name without '.index'")
        .build();
  }

  private static Path prefix(Path folder, String written) {
    // also Windows paths, whose backslashes are doubled in the text form of protobuf
    String name =
        written.substring(Math.max(written.lastIndexOf('/'), written.lastIndexOf('\\')) + 1);
    Path there = folder.resolve(written);
    if (name.isEmpty() || (!Path.of(written).isAbsolute() && hasIndex(there))) {
      return there;
    }
    Path beside = folder.resolve(name);
    return hasIndex(beside) || !hasIndex(there) ? beside : there;
  }

  private static boolean hasIndex(Path prefix) {
    return Files.isRegularFile(Path.of(prefix + ".index"));
  }
}
