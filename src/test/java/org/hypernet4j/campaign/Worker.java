// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Makes attempts of one kind in a JVM that may crash or hang, and says after each what became of
 * it. Arguments: the kind, the folder of the materials, a folder to work in, a file with a seed a
 * line.
 */
final class Worker {
  /** Before what the campaign reads: one of the words below, or the JSON of a failure. */
  static final String MARK = "@campaign ";

  static final String BEGINS = "begins";
  static final String RIGHT = "right";
  static final String ENDS = "ends";

  private Worker() {}

  public static void main(String[] args) throws IOException {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    System.setOut(System.err); // what the product prints is no answer
    FaultKind kind = Kinds.named(args[0]);
    Materials materials = new Materials(Path.of(args[1]));
    Path folder = Path.of(args[2]);
    for (String line : Files.readAllLines(Path.of(args[3]))) {
      long seed = Long.parseLong(line);
      answers.println(MARK + BEGINS);
      answers.println(MARK + attempt(kind, seed, folder, materials));
    }
    answers.println(MARK + ENDS);
    System.exit(0); // whatever threads are left
  }

  private static String attempt(FaultKind kind, long seed, Path folder, Materials materials) {
    try {
      kind.attempt(new Attempt(seed, emptied(folder), materials));
      return RIGHT;
    } catch (Exception | Error e) { // an error is a result as well
      return new Gson().toJson(Failure.of(kind.name(), seed, Wrong.of(e)));
    }
  }

  private static Path emptied(Path folder) throws IOException, InterruptedException {
    SmallDisk.unmountAll(folder); // of a worker before, which was killed
    AtomicFiles.deleteRecursively(folder);
    return Files.createDirectories(folder);
  }
}
