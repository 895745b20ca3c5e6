package org.hypernet4j.campaign;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Ways to damage a file where it lies. */
enum FileDamage {
  BYTES,
  MISSING,
  FOLDER,
  PIPE,
  DANGLING_LINK,
  HUGE,
  OTHERS;

  private static final long HUGE_BYTES = 3L << 30;

  static FileDamage any(Random random) {
    // what is within a file has more ways to be wrong than what it is
    return random.nextInt(3) > 0 ? BYTES : values()[random.nextInt(values().length)];
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
      case PIPE -> new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
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
}
