// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.hypernet4j.io.Npz;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * Drawings as flat arrays in a {@code .npz}: for each part, train, valid and test, {@code
 * PART_points} [P, 3], all rows {@code dx, dy, pen} one drawing after another, and {@code
 * PART_lengths} [N], the points of each drawing.
 *
 * <p>If every drawing of the three parts has more than one point and begins with {@code 0, 0, 0},
 * as Omniglot's do, that point is cut off: it says nothing, and a density that is narrow enough
 * there earns without limit.
 */
public final class FlatDrawings {
  /** How the file's name ends. */
  public static final String SUFFIX = ".flat.npz";

  private static final String NPZ = ".npz";
  private static final List<String> PARTS = List.of("train", "valid", "test");
  private static final List<NpyType> POINT_TYPES =
      List.of(NpyType.I1, NpyType.I2, NpyType.I4, NpyType.F4, NpyType.F8);
  private static final List<NpyType> LENGTH_TYPES =
      List.of(NpyType.I1, NpyType.U1, NpyType.I2, NpyType.I4, NpyType.I8);

  private FlatDrawings() {}

  /**
   * Reads a file.
   *
   * @throws UserError if it cannot be read, lacks an array, or an array is not as it should be; for
   *     pickled drawings, as sketch-rnn and Quick, Draw! publish them, with the Python line that
   *     converts them
   */
  public static DrawingSplits read(Path file) {
    Npz.Contents contents = Npz.readContents(file);
    for (String part : PARTS) {
      if (contents.unreadable().containsKey(part)) {
        throw pickled(file, part);
      }
    }
    for (UserError first : contents.unreadable().values()) {
      throw first;
    }
    return of(contents.arrays(), file.toString());
  }

  /**
   * Reads the file of a folder, or the file itself.
   *
   * @param path the folder or file
   * @param name NAME of the file {@code NAME.flat.npz}, or {@code NAME.npz} without it; null for
   *     the only one
   * @throws UserError as {@link #read(Path)}, or if it is not clear which file is meant
   */
  public static DrawingSplits read(Path path, @Nullable String name) {
    if (!Files.isDirectory(path)) {
      return read(path);
    }
    if (name != null) {
      for (String suffix : List.of(SUFFIX, NPZ)) {
        if (Files.exists(path.resolve(name + suffix))) {
          return read(path.resolve(name + suffix));
        }
      }
      throw UserError.in(path)
          .what("there is no such file of drawings")
          .expected(name + SUFFIX)
          .received(quote(files(path, SUFFIX)))
          .next("convert the drawings to flat arrays, or give another folder")
          .build();
    }
    List<Path> flat = files(path, SUFFIX);
    List<Path> found = flat.isEmpty() ? files(path, NPZ) : flat;
    if (found.size() != 1) {
      throw UserError.in(path)
          .what("it is not clear which drawings are meant")
          .expected("one file NAME" + SUFFIX)
          .received(quote(found))
          .next("give the file itself, or set data.name to its NAME")
          .build();
    }
    return read(found.get(0));
  }

  private static List<Path> files(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw DataStream.unreadable(folder.toString(), e);
    }
  }

  private static String quote(List<Path> files) {
    int most = 5;
    return files.isEmpty()
        ? "none"
        : String.join(
                ", ",
                files.stream().limit(most).map(file -> String.valueOf(file.getFileName())).toList())
            + (files.size() > most ? " and more" : "");
  }

  /** The drawings of an archive. */
  static DrawingSplits of(Map<String, NpyArray> arrays, String where) {
    List<DrawingPart> parts = new ArrayList<>();
    for (String part : PARTS) {
      parts.add(part(arrays, part, where));
    }
    boolean full = parts.stream().noneMatch(part -> part.drawings().isEmpty());
    if (full && parts.stream().allMatch(FlatDrawings::beginsWithOrigins)) {
      parts.replaceAll(FlatDrawings::withoutOrigins);
      String note = "every drawing began with a point (0, 0), which is cut off";
      return new DrawingSplits(parts.get(0), parts.get(1), parts.get(2), List.of(note));
    }
    return new DrawingSplits(parts.get(0), parts.get(1), parts.get(2));
  }

  private static DrawingPart part(Map<String, NpyArray> arrays, String part, String where) {
    NpyArray points = member(arrays, part + "_points", where, POINT_TYPES);
    NpyArray lengths = member(arrays, part + "_lengths", where, LENGTH_TYPES);
    String pointsName = where + ": " + part + "_points";
    String lengthsName = where + ": " + part + "_lengths";
    long[] shape = points.shape();
    if (shape.length != 2 || shape[1] != PenDrawing.COLUMNS) {
      throw wrongShape(pointsName, "[P, 3]: a row dx, dy, pen for each point", points);
    }
    if (lengths.shape().length != 1) {
      throw wrongShape(lengthsName, "[N]: the points of each drawing", lengths);
    }
    float[] rows = points.roundedFloats(pointsName);
    long[] counts = lengths.longs();
    requireFits(lengthsName, counts, shape[0]);
    List<PenDrawing> drawings = new ArrayList<>(counts.length);
    int from = 0;
    for (int i = 0; i < counts.length; i++) {
      int to = from + (int) counts[i] * PenDrawing.COLUMNS;
      String name = pointsName + ": drawing " + i + " (counted from 0)";
      drawings.add(PenDrawing.of(name, Arrays.copyOfRange(rows, from, to)));
      from = to;
    }
    return new DrawingPart(part + " of " + where, drawings, List.of());
  }

  private static NpyArray member(
      Map<String, NpyArray> arrays, String name, String where, List<NpyType> types) {
    NpyArray array = arrays.get(name);
    if (array == null) {
      throw UserError.in(where)
          .what("the array '" + name + "' is missing")
          .expected("{train,valid,test}_points and {train,valid,test}_lengths")
          .received(arrays.isEmpty() ? "no array" : arrays.keySet())
          .next("save the drawings as flat arrays of these names")
          .build();
    }
    if (!types.contains(array.type())) {
      throw UserError.in(where + ": " + name)
          .what("an array of the wrong type")
          .expected(String.join(", ", types.stream().map(NpyType::numpyName).toList()))
          .received(array)
          .next("convert it in NumPy with .astype")
          .build();
    }
    return array;
  }

  private static UserError wrongShape(String where, String expected, NpyArray received) {
    return UserError.in(where)
        .what("an array of the wrong shape")
        .expected(expected)
        .received(received)
        .next("save the drawings one after another, and their lengths")
        .build();
  }

  private static void requireFits(String where, long[] lengths, long points) {
    long sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 1 || lengths[i] > points - sum) {
        throw UserError.in(where)
            .what(
                "the length of drawing "
                    + i
                    + (lengths[i] < 1
                        ? " (counted from 0) is not positive"
                        : " (counted from 0) contradicts the points"))
            .expected("1 to " + (points - sum) + ", the rows left of " + points)
            .received(lengths[i])
            .next("save points and lengths together again")
            .build();
      }
      sum += lengths[i];
    }
    if (sum != points) {
      throw UserError.in(where)
          .what("the lengths contradict the points")
          .expected("the sum " + points + ", the number of points")
          .received(sum)
          .next("save points and lengths together again")
          .build();
    }
  }

  private static boolean beginsWithOrigins(DrawingPart part) {
    return part.drawings().stream()
        .allMatch(d -> d.points() > 1 && d.dx(0) == 0 && d.dy(0) == 0 && !d.lifted(0));
  }

  private static DrawingPart withoutOrigins(DrawingPart part) {
    return new DrawingPart(
        part.name(),
        part.drawings().stream().map(drawing -> drawing.slice(1, drawing.points())).toList(),
        part.texts(),
        true);
  }

  private static UserError pickled(Path file, String member) {
    String name = file.toString();
    // a name that a shell would read differently is left to the user to write
    boolean plain = name.matches("[A-Za-z0-9_./-]+");
    String from = plain ? name : "FILE.npz";
    String to = from.replaceFirst("\\.npz$", "") + SUFFIX;
    return UserError.in(file)
        .what(
            "the drawings are Python objects ('"
                + member
                + "' is pickled), which only Python reads")
        .expected("the flat arrays train_points, train_lengths and so on")
        .received("an object array")
        .next(
            "if you trust the file, convert it with python3 -c \"import numpy as np; "
                + "a = np.load('"
                + from
                + "', allow_pickle=True, encoding='latin1'); "
                + "p = [k for k in ('train', 'valid', 'test') if k in a.files]; "
                + "f = {k + '_points': np.concatenate([np.asarray(d, 'float32') for d in a[k]])"
                + " for k in p}; "
                + "f.update({k + '_lengths': np.array([len(d) for d in a[k]], 'int32')"
                + " for k in p}); "
                + "np.savez_compressed('"
                + to
                + "', **f)\" and use "
                + to)
        .build();
  }
}
