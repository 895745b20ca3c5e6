// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Ways to damage a file where it lies. */
enum FileDamage {
  BYTES,
  VALUES,
  MISSING,
  FOLDER,
  PIPE,
  DANGLING_LINK,
  HUGE,
  OTHERS;

  private static final long HUGE_BYTES = 3L << 30;

  static FileDamage any(Random random) {
    // what is within a file has more ways to be wrong than what it is
    return switch (random.nextInt(3)) {
      case 0 -> BYTES;
      case 1 -> VALUES;
      default -> values()[random.nextInt(values().length)];
    };
  }

  /**
   * Damages a file.
   *
   * @param other another file of its kind; the damage is to its bytes if there is none
   * @return in words
   */
  String apply(Path file, Path other, Random random) throws IOException, InterruptedException {
    byte[] sound = Files.readAllBytes(file);
    Files.delete(file);
    switch (this) {
      case MISSING -> {
        return "missing";
      }
      case FOLDER -> Files.createDirectory(file);
      case PIPE -> makePipe(file);
      case DANGLING_LINK -> Files.createSymbolicLink(file, Path.of("nowhere"));
      case HUGE -> {
        Files.write(file, sound);
        try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
          huge.setLength(HUGE_BYTES); // of zeros, which take no room
        }
      }
      case OTHERS -> {
        if (Files.isRegularFile(other)) {
          Files.copy(other, file);
          return "another run's";
        }
        return damageBytes(file, sound, random);
      }
      case VALUES -> {
        if (file.toString().matches(".*\\.jsonl?") && sound.length > 0) {
          return damageValues(file, sound, random);
        }
        return damageBytes(file, sound, random);
      }
      case BYTES -> {
        return damageBytes(file, sound, random);
      }
    }
    return toString();
  }

  private static String damageBytes(Path file, byte[] sound, Random random) throws IOException {
    if (sound.length == 0) {
      Files.write(file, new byte[] {1, 2, 3});
      return "no longer empty";
    }
    ByteDamage damage = ByteDamage.any(random);
    Files.write(file, damage.apply(sound, random));
    return damage.toString();
  }

  /**
   * Changes a value, key or type of one of the JSON objects, of which each has a line, or all one.
   */
  private static String damageValues(Path file, byte[] sound, Random random) throws IOException {
    String text = new String(sound, StandardCharsets.UTF_8);
    JsonDamage damage = JsonDamage.any(random);
    if (!file.toString().endsWith(".jsonl")) {
      Files.write(file, damage.apply(text, random));
    } else {
      List<String> lines = text.lines().toList();
      int at = random.nextInt(lines.size());
      try (OutputStream out = Files.newOutputStream(file)) {
        for (int i = 0; i < lines.size(); i++) {
          out.write(
              i == at
                  ? damage.apply(lines.get(i), random)
                  : lines.get(i).getBytes(StandardCharsets.UTF_8));
          out.write('\n');
        }
      }
    }
    return damage.toString();
  }

  /** Makes a named pipe, at which a reader waits for ever. */
  static void makePipe(Path file) throws IOException, InterruptedException {
    new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
  }
}
