// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hypernet4j.data.Cifar10;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.PtbText;
import org.hypernet4j.data.TextFiles;
import org.hypernet4j.error.UserError;

/**
 * A data file is damaged and read.
 *
 * @param format idx, cifar, ptb or text: a folder of {@link SmallData}
 * @param attempts of a campaign of 20 minutes
 */
record DamagedData(String format, int attempts) implements FaultKind {
  @Override
  public String name() {
    return "damaged-" + format;
  }

  @Override
  public String right() {
    return "refused in one line where the length is wrong or a checksum says so, otherwise read or"
        + " refused in one line";
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public boolean needsTrained() {
    return false;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Path data = attempt.folder().resolve(format);
    Materials.copy(attempt.materials().data().resolve(format), data);
    List<Path> files;
    try (Stream<Path> all = Files.list(data)) {
      files = all.sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] sound = Files.readAllBytes(file);
    ByteDamage damage = ByteDamage.any(random);
    byte[] damaged = damage.apply(sound, random);
    Files.write(file, damaged);
    try {
      read(data, file);
    } catch (UserError e) {
      FlippedFile.requireOneLine(e);
      return;
    }
    boolean fixedLength = format.equals("idx") || format.equals("cifar");
    if (fixedLength && damaged.length != sound.length && !file.toString().endsWith(".gz")) {
      throw new Wrong(
          file.getFileName()
              + " of "
              + damaged.length
              + " bytes, for "
              + sound.length
              + ", was read");
    }
  }

  private void read(Path folder, Path file) {
    switch (format) {
      case "idx" -> Mnist.fromFolder(folder, 2);
      case "cifar" -> Cifar10.fromFolder(folder, 100, 1);
      case "ptb" -> PtbText.fromFolder(folder);
      default -> {
        TextFiles.utf8(file, 0.1, 0.1);
        TextFiles.bytes(file, null, 0.1, 0.1);
      }
    }
  }
}
