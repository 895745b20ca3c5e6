// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;

/**
 * The numbers of a CSV file: one row per line, the same number of columns in each, separated by
 * commas. A first line that holds no number is a header. Nothing is guessed: an empty field, a text
 * or NaN between numbers is an error that names line and column.
 */
final class CsvNumbers {
  /** The form of a number that every program writes: no hexadecimal, no {@code 1f}, no NaN. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  /** Numbers of other programs that are not read, but are no names of columns either. */
  private static final Pattern OTHER_NUMBER =
      Pattern.compile(
          "[+-]?(nan(\\(.*\\))?|inf(inity)?|\\d+\\.#.*|0x[0-9a-f.]+(p[+-]?\\d+)?)",
          Pattern.CASE_INSENSITIVE);

  /** No value; one of several columns may have such a name, such as Na among K and Ca. */
  private static final Pattern MISSING =
      Pattern.compile("n/?a|null|none", Pattern.CASE_INSENSITIVE);

  private CsvNumbers() {}

  /**
   * Reads a file.
   *
   * @return at least one row, all of one length
   * @throws UserError if it cannot be read or is not such a file
   */
  static List<float[]> read(Path file) {
    List<String> lines = lines(file);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] fields = lines.get(i).split(",", -1);
      if (rows.isEmpty() && i == 0 && isHeader(fields)) {
        continue;
      }
      if (lines.get(i).isBlank()) {
        requireOnlyBlank(file, lines, i);
        break;
      }
      float[] row = row(file, i + 1, fields);
      if (!rows.isEmpty() && row.length != rows.get(0).length) {
        throw UserError.in(file + ", line " + (i + 1))
            .what("has another number of columns than the lines before it")
            .expected(rows.get(0).length)
            .received(row.length)
            .build();
      }
      rows.add(row);
    }
    if (rows.isEmpty()) {
      throw UserError.in(file)
          .what("holds no numbers")
          .expected("one example a line, numbers separated by commas")
          .received(lines.isEmpty() ? "an empty file" : "a header only")
          .build();
    }
    return rows;
  }

  private static List<String> lines(Path file) {
    try {
      String text = RegularFiles.readString(file, RegularFiles.RECORD);
      // Excel writes a byte order mark
      return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
    } catch (CharacterCodingException e) {
      throw unreadable(file, "bytes that are no UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, e.toString(), e);
    }
  }

  private static UserError unreadable(Path file, String received, IOException cause) {
    return UserError.in(file)
        .what("cannot be read")
        .expected("a CSV file of numbers")
        .received(received)
        .cause(cause)
        .build();
  }

  /** The name or number of a field, without quotes around it. */
  private static String bare(String field) {
    String text = field.strip();
    return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1).strip()
        : text;
  }

  /**
   * Whether a line is a header: names have letters; {@code 1;2} is a row with another separator,
   * and {@code NaN,NaN} one without values.
   */
  private static boolean isHeader(String[] fields) {
    boolean names = false;
    for (String field : fields) {
      String text = bare(field);
      if (text.isEmpty()
          || NUMBER.matcher(text).matches()
          || OTHER_NUMBER.matcher(text).matches()) {
        return false;
      }
      names |= text.chars().anyMatch(Character::isLetter) && !MISSING.matcher(text).matches();
    }
    return names;
  }

  private static float[] row(Path file, int line, String[] fields) {
    float[] row = new float[fields.length];
    for (int i = 0; i < row.length; i++) {
      String text = bare(fields[i]);
      row[i] = NUMBER.matcher(text).matches() ? Float.parseFloat(text) : Float.NaN;
      if (!Float.isFinite(row[i])) {
        throw UserError.in(file + ", line " + line + ", column " + (i + 1))
            .what("is not a number that float32 holds")
            .expected("a number such as 0.25 or -1.5e3")
            .received(
                text.isEmpty()
                    ? "nothing"
                    : "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'")
            .next(
                otherwiseSeparated(fields)
                    ? "separate the numbers by commas, with a point before the fraction"
                    : "correct the file or leave the line out")
            .build();
      }
    }
    return row;
  }

  private static boolean otherwiseSeparated(String[] fields) {
    return fields.length == 1 && fields[0].matches(".*[;\t ].*");
  }

  /** Allows blank lines at the end only: between rows a blank line may hide a mistake. */
  private static void requireOnlyBlank(Path file, List<String> lines, int from) {
    for (int i = from; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        throw UserError.in(file + ", line " + (from + 1))
            .what("is empty")
            .expected("an example in every line")
            .received("more of them after it")
            .next("remove the line")
            .build();
      }
    }
  }
}
