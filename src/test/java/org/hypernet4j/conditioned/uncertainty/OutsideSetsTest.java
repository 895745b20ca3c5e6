// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Omniglot;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where images that are no digits are looked for. */
class OutsideSetsTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  /** Five grey photographs: image i has the value 40 i everywhere. */
  private static void photographs(Path folder) throws IOException {
    byte[] records = new byte[5 * RECORD];
    for (int i = 0; i < records.length; i++) {
      records[i] = i % RECORD == 0 ? 3 : (byte) (40 * (i / RECORD));
    }
    Files.createDirectories(folder);
    Files.write(folder.resolve("test_batch.first5.bin"), records);
  }

  private static void drawings(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (InputStream sample =
        Omniglot.class.getResourceAsStream("omniglot/omniglot-sample.flat.npz")) {
      Files.copy(Objects.requireNonNull(sample), folder.resolve("omniglot.flat.npz"));
    }
  }

  private static LabeledImages set(OutsideSets sets, String key) {
    return sets.sets().stream()
        .filter(set -> set.key().equals(key))
        .findFirst()
        .orElseThrow()
        .images();
  }

  @Test
  void setsLieBesideOrBelowTheFolderOfTheDigits() throws IOException {
    Path digits = Files.createDirectories(folder.resolve("all").resolve("mnist"));
    photographs(folder.resolve("all").resolve("cifar10"));
    drawings(digits.resolve("strokes"));
    for (Path given : List.of(digits, folder.resolve("all"))) {
      OutsideSets sets = OutsideSets.load(given);
      assertThat(sets.notes()).isEmpty();
      LabeledImages grey = set(sets, "Grey");
      assertThat(grey.count()).isEqualTo(5);
      assertThat(grey.height()).isEqualTo(28);
      assertThat(grey.pixels()[4 * 784 + 100]).isEqualTo((byte) 160);
      assertThat(set(sets, "Drawn").count()).isEqualTo(500); // of the sample's test part
      assertThat(OutsideSets.digits(given)).isEqualTo(digits);
    }
  }

  @Test
  void whatIsMissingIsLeftOutWithANote() throws IOException {
    Path digits = Files.createDirectories(folder.resolve("data"));
    photographs(folder.resolve("cifar10"));
    OutsideSets sets = OutsideSets.load(digits);
    assertThat(sets.sets()).hasSize(1);
    assertThat(sets.notes())
        .containsExactly(
            "Omniglot is not measured: there is no strokes/omniglot.flat.npz in "
                + digits
                + " or beside it");
    Files.delete(folder.resolve("cifar10").resolve("test_batch.first5.bin"));
    assertThat(OutsideSets.load(digits).sets()).isEmpty();
    assertThat(OutsideSets.load(digits).notes())
        .hasSize(2)
        .anyMatch(note -> note.startsWith("CIFAR-10 is not measured: there is no cifar10/test"));
  }

  @Test
  void whatIsDamagedIsAnError() throws IOException {
    Path digits = Files.createDirectories(folder.resolve("data"));
    photographs(folder.resolve("cifar10"));
    Path file = folder.resolve("cifar10").resolve("test_batch.first5.bin");
    Files.write(file, new byte[3 * RECORD]);
    assertThatThrownBy(() -> OutsideSets.load(digits))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void theSampleHasSetsOfItsOwn() {
    OutsideSets sets = OutsideSets.load(null);
    assertThat(sets.notes()).isEmpty();
    assertThat(set(sets, "Drawn").count()).isEqualTo(500);
    assertThat(set(sets, "Grey").count()).isEqualTo(500);
  }
}
