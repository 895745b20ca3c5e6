// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hypernet4j.data.Cifar10;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Omniglot;
import org.hypernet4j.data.OutsideImages;
import org.jspecify.annotations.Nullable;

/**
 * Images that are no digits, from the folder of MNIST or beside it.
 *
 * @param sets those that were found
 * @param notes on those that were not, a line each
 */
record OutsideSets(List<OutsideSet> sets, List<String> notes) {
  /** Images of each set, as many as the specification measures. */
  private static final int MOST = 1000;

  private static final String DRAWINGS = "omniglot.flat.npz";

  /** Copies the lists. */
  OutsideSets {
    sets = List.copyOf(sets);
    notes = List.copyOf(notes);
  }

  /**
   * A set.
   *
   * @param key the end of the names of its figures
   * @param title human-readable
   */
  record OutsideSet(String key, String title, LabeledImages images) {}

  /**
   * Finds the sets.
   *
   * @param folder the folder of the user's data, or null for the samples inside this library
   */
  static OutsideSets load(@Nullable Path folder) {
    List<OutsideSet> sets = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    if (folder == null) {
      sets.add(drawn(Omniglot.builtin().test()));
      sets.add(
          new OutsideSet(
              "Grey",
              "coloured digits in grey (the sample has no photographs)",
              first(OutsideImages.grey(Cifar10.builtin(1, 1).test()))));
      return new OutsideSets(sets, notes);
    }
    Path drawings = find(folder, "strokes", place -> Files.isRegularFile(place.resolve(DRAWINGS)));
    if (drawings == null) {
      notes.add(missing("Omniglot", "strokes/" + DRAWINGS, folder));
    } else {
      sets.add(drawn(Omniglot.read(drawings.resolve(DRAWINGS)).test()));
    }
    Path photographs = find(folder, "cifar10", Cifar10::hasTest);
    if (photographs == null) {
      notes.add(missing("CIFAR-10", "cifar10/test_batch.bin", folder));
    } else {
      sets.add(
          new OutsideSet(
              "Grey", "CIFAR-10 in grey", first(OutsideImages.grey(Cifar10.test(photographs)))));
    }
    return new OutsideSets(sets, notes);
  }

  /** The folder of MNIST's own files. */
  static Path digits(Path folder) {
    Path below = folder.resolve("mnist");
    return Files.isDirectory(below) ? below : folder;
  }

  /** The folder of a set, in the folder of the digits or beside it. */
  private static @Nullable Path find(Path folder, String name, Predicate<Path> isThere) {
    Path digits = digits(folder).toAbsolutePath().normalize();
    return Stream.of(digits.resolve(name), digits.resolveSibling(name))
        .filter(isThere)
        .findFirst()
        .orElse(null);
  }

  private static String missing(String what, String file, Path folder) {
    return what
        + " is not measured: there is no "
        + file
        + " in "
        + digits(folder)
        + " or beside it";
  }

  private static OutsideSet drawn(DrawingPart part) {
    DrawingPart some = part.first(Math.min(MOST, part.count()));
    return new OutsideSet("Drawn", "Omniglot drawn", OutsideImages.drawn(some.drawings()));
  }

  private static LabeledImages first(LabeledImages images) {
    return images.slice(0, Math.min(MOST, images.count()));
  }
}
