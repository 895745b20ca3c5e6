// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * Drawings in the W3C's Ink Markup Language (InkML, recommendation of 2011), one a file: the traces
 * of a file, in its order, are the strokes of a drawing; see {@link InkMlFile} for what is read and
 * what is refused.
 *
 * <p>A drawing's text is its annotation of the type {@code truth} (as in CROHME's files) or {@code
 * label} (as in MathWriting's). Texts count only if every drawing has one.
 */
public final class InkMl {
  private static final List<String> VALIDATION = List.of("valid", "validation", "val");

  private InkMl() {}

  /** A drawing and its text; null if the file has none. */
  record Ink(PenDrawing drawing, @Nullable String text) {}

  /**
   * The drawing in a file.
   *
   * @throws UserError if it cannot be read or has no point
   */
  public static PenDrawing drawing(Path file) {
    return InkMlFile.read(file).track().drawing();
  }

  /**
   * Reads the {@code .inkml} files of a folder and of all folders below it.
   *
   * <p>If the folder has folders {@code train}, {@code valid} (or {@code validation}, {@code val})
   * and {@code test}, as MathWriting has, these are the parts and all else is left out. If not, a
   * drawing's part depends on the name of its file and on nothing else: its SHA-256 as a number in
   * [0, 1) is below {@code testShare} for the test part, else below the sum of both shares for
   * validation.
   *
   * @throws UserError if there is no such file, one of them is damaged, or a part gets no drawing
   */
  public static DrawingSplits fromFolder(Path folder, double validationShare, double testShare) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a folder of InkML files")
          .expected("a folder")
          .received(
              Files.exists(folder) ? "a file: one drawing makes no three parts" : "no such path")
          .next("give the folder that holds the .inkml files")
          .build();
    }
    Map<String, Path> files = find(folder);
    if (files.isEmpty()) {
      throw UserError.in(folder)
          .what("there is no InkML file")
          .expected("files with names in .inkml, here or in folders below")
          .received("none")
          .build();
    }
    ReadingNotes notes = new ReadingNotes();
    String validation = givenValidation(folder);
    List<List<Ink>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    files.forEach(
        (name, file) -> {
          int part =
              validation == null
                  ? HashSplit.part(file.getFileName().toString(), validationShare, testShare)
                  : givenPart(name, validation);
          if (part < 0) {
            notes.count("files outside train, " + validation + " and test, left out", name);
          } else {
            add(name, file, parts.get(part), notes);
          }
        });
    boolean texts = haveTexts(parts, notes);
    return new DrawingSplits(
        part("train of " + folder, parts.get(0), texts),
        part("validation of " + folder, parts.get(1), texts),
        part("test of " + folder, parts.get(2), texts),
        notes.lines());
  }

  /** The files by their paths in the folder, written with slashes and in that order. */
  private static Map<String, Path> find(Path folder) {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".inkml"))
          .filter(file -> !Files.isDirectory(file))
          .forEach(file -> files.put(folder.relativize(file).toString().replace('\\', '/'), file));
    } catch (IOException e) {
      throw DataStream.unreadable(folder.toString(), e);
    } catch (UncheckedIOException e) { // of a folder below
      throw DataStream.unreadable(folder.toString(), new IOException(e.getMessage(), e));
    }
    return files;
  }

  /** The name of the validation folder if the data come split, else null. */
  private static @Nullable String givenValidation(Path folder) {
    if (Files.isDirectory(folder.resolve("train")) && Files.isDirectory(folder.resolve("test"))) {
      for (String name : VALIDATION) {
        if (Files.isDirectory(folder.resolve(name))) {
          return name;
        }
      }
    }
    return null;
  }

  private static int givenPart(String name, String validation) {
    int slash = name.indexOf('/');
    return slash < 0 ? -1 : List.of("train", validation, "test").indexOf(name.substring(0, slash));
  }

  private static void add(String name, Path file, List<Ink> part, ReadingNotes notes) {
    InkMlFile ink = InkMlFile.read(file);
    notes.count("strokes without a point", name, ink.track().emptyStrokes());
    notes.count("traces of a lifted pen or in definitions, left out", name, ink.skipped());
    if (ink.track().points() == 0) {
      notes.count("files without a point, left out", name);
    } else {
      part.add(new Ink(ink.track().drawing(), ink.text()));
    }
  }

  private static boolean haveTexts(List<List<Ink>> parts, ReadingNotes notes) {
    long all = parts.stream().mapToLong(List::size).sum();
    long with = parts.stream().flatMap(List::stream).filter(ink -> ink.text() != null).count();
    if (with > 0 && with < all) {
      notes.say("no texts: only " + with + " of " + all + " drawings have one");
    }
    return with == all;
  }

  private static DrawingPart part(String name, List<Ink> inks, boolean texts) {
    return new DrawingPart(
        name,
        inks.stream().map(Ink::drawing).toList(),
        texts ? inks.stream().map(ink -> Objects.requireNonNull(ink.text())).toList() : List.of());
  }
}
