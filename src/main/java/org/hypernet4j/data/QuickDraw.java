// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;

/**
 * Google's Quick, Draw! in its {@code .ndjson} form, simplified (places 0 to 255) or raw (with
 * times, which are not used): one drawing a line, one class a file, gzipped or not.
 *
 * <p>A drawing begins where its first point is, so that point has no row; a first stroke of one
 * point, a dot, keeps it. The files state no split: a hash of {@code key_id} makes it.
 */
public final class QuickDraw {
  /** A line of the longest drawing that is allowed is shorter. */
  private static final int LONGEST_LINE = 1 << 24;

  private static final int BYTES_PER_DRAWING = 64;
  private static final int BYTES_PER_POINT = PenDrawing.COLUMNS * Float.BYTES;

  private QuickDraw() {}

  /**
   * Reads a file, or all files {@code *.ndjson} and {@code *.ndjson.gz} of a folder by name.
   *
   * @param recognizedOnly whether drawings that the game did not recognize are left out
   * @param mostPerFile drawings that are read of each file at most, from its start
   * @param validationShare share of the drawings for validation, above 0
   * @param testShare share of the drawings for the test, above 0; both shares below 1 together
   * @throws UserError if there is no file, one cannot be read or a line is broken (its number is
   *     named), or a part is empty
   */
  public static DrawingSplits read(
      Path path,
      boolean recognizedOnly,
      int mostPerFile,
      double validationShare,
      double testShare) {
    HashSplit parts = new HashSplit(validationShare, testShare);
    Room room = new Room(path);
    ReadingNotes notes = new ReadingNotes();
    for (Path file : files(path)) {
      String name = String.valueOf(file.getFileName());
      try (DataLines lines = DataLines.open(file, LONGEST_LINE, "drawing")) {
        int count = 0;
        for (String line = lines.next(); line != null; line = lines.next()) {
          if (line.isBlank()) {
            continue;
          }
          if (count == mostPerFile) {
            notes.say("%s: only its first %d drawings are read".formatted(name, mostPerFile));
            break;
          }
          QuickDrawLine drawn = QuickDrawLine.parse(line, lines.where());
          if (recognizedOnly && !drawn.recognized()) {
            notes.count("drawings that the game did not recognize, left out", name);
            continue;
          }
          notes.count("strokes without a point, left out", name, drawn.emptyStrokes());
          room.take(drawn.drawing());
          parts.add(drawn.key(), drawn.drawing());
          count++;
        }
      }
    }
    return parts.parts(path.toString(), notes.lines());
  }

  /**
   * The drawings of one file, in its order.
   *
   * @throws UserError if it cannot be read, a line is broken (its number is named), or there is no
   *     drawing
   */
  public static List<PenDrawing> drawings(Path file) {
    Room room = new Room(file);
    List<PenDrawing> drawings = new ArrayList<>();
    try (DataLines lines = DataLines.open(file, LONGEST_LINE, "drawing")) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          PenDrawing drawing = QuickDrawLine.parse(line, lines.where()).drawing();
          room.take(drawing);
          drawings.add(drawing);
        }
      }
    }
    if (drawings.isEmpty()) {
      throw UserError.in(file)
          .what("there is no drawing")
          .expected("a JSON object a line")
          .received("an empty file")
          .build();
    }
    return drawings;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    List<Path> found;
    try (Stream<Path> files = Files.list(path)) {
      found =
          files.filter(file -> file.toString().matches(".*\\.ndjson(\\.gz)?")).sorted().toList();
    } catch (IOException e) {
      throw DataStream.unreadable(path.toString(), e);
    }
    for (Path file : found) {
      if (found.contains(Path.of(file + ".gz"))) {
        throw UserError.in(path)
            .what("two files of one class")
            .expected(file.getFileName() + " once")
            .received("it and " + file.getFileName() + ".gz")
            .next("keep one of them in the folder")
            .build();
      }
    }
    if (found.isEmpty()) {
      throw UserError.in(path)
          .what("there is no file of Quick, Draw!")
          .expected("NAME.ndjson or NAME.ndjson.gz")
          .received("none in this folder")
          .next("give the file, or a folder of such files")
          .build();
    }
    return found;
  }

  /** Stops before the drawings fill the memory. */
  private static final class Room {
    private final Path path;
    private final long most = Runtime.getRuntime().maxMemory() / 2;
    private long bytes;

    Room(Path path) {
      this.path = path;
    }

    void take(PenDrawing drawing) {
      bytes += BYTES_PER_DRAWING + (long) BYTES_PER_POINT * drawing.points();
      if (bytes > most) {
        throw UserError.in(path)
            .what("the drawings are too many for the memory of this Java process")
            .expected("at most " + most + " bytes")
            .received("more")
            .next("set data.mostPerFile smaller, give fewer files, or give Java more memory (-Xmx)")
            .build();
      }
    }
  }
}
