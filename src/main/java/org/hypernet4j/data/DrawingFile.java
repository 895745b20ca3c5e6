// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * The drawings of one file, of any form that this library reads; the end of its name says which:
 *
 * <ul>
 *   <li>{@code .npz}: {@link FlatDrawings}, one of its parts or all of them
 *   <li>{@code .ndjson}, {@code .ndjson.gz}: {@link QuickDraw}, every line
 *   <li>{@code .inkml}: {@link InkMl}, one drawing
 *   <li>{@code .xml}: a line of {@link IamOnDb}, one drawing
 *   <li>{@code .json}: {@code [[dx, dy, pen], ...]}, or a list of such drawings
 * </ul>
 */
public final class DrawingFile {
  private static final String FORMS =
      "a name that ends in .flat.npz, .ndjson, .ndjson.gz, .inkml, .xml (IAM-OnDB) or .json";

  private DrawingFile() {}

  /**
   * Reads a file.
   *
   * @param part {@code train}, {@code valid} or {@code test} of a {@code .npz}; null for the whole
   *     file
   * @return the drawings in the order of the file, one at least
   * @throws UserError if it cannot be read, is damaged, has no drawing or no such part
   */
  public static DrawingPart read(Path file, @Nullable String part) {
    if (!Files.exists(file)) {
      throw UserError.in(file)
          .what("cannot be read")
          .expected("a file of drawings")
          .received("no such file")
          .next("check the path")
          .build();
    }
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return parts(FlatDrawings.read(file), file, part);
    }
    if (part != null) {
      throw UserError.in(Setting.of("part"))
          .what("such a file has no parts")
          .expected("NAME" + FlatDrawings.SUFFIX)
          .received(file)
          .next("leave " + Setting.of("part") + " out")
          .build();
    }
    return new DrawingPart(file.toString(), drawings(file, name), List.of());
  }

  private static List<PenDrawing> drawings(Path file, String name) {
    if (name.endsWith(".ndjson") || name.endsWith(".ndjson.gz")) {
      return QuickDraw.drawings(file);
    } else if (name.endsWith(".inkml")) {
      return List.of(InkMl.drawing(file));
    } else if (name.endsWith(".xml")) {
      return List.of(IamOnDb.line(file));
    } else if (name.endsWith(".json")) {
      return DrawingJson.read(file);
    }
    throw UserError.in(file)
        .what("the name does not say how the drawings are written")
        .expected(FORMS)
        .received(file.getFileName())
        .next("rename the file if it is one of these")
        .build();
  }

  private static DrawingPart parts(DrawingSplits splits, Path file, @Nullable String part) {
    if (part == null) {
      List<PenDrawing> all = new ArrayList<>(splits.train().drawings());
      all.addAll(splits.validation().drawings());
      all.addAll(splits.test().drawings());
      return new DrawingPart(file.toString(), all, List.of());
    }
    return switch (part) {
      case "train" -> splits.train();
      case "valid", "validation" -> splits.validation();
      case "test" -> splits.test();
      default ->
          throw UserError.in(Setting.of("part"))
              .what("there is no such part")
              .expected("train, valid or test")
              .received(part)
              .build();
    };
  }
}
