// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;

/**
 * Translated sentences from files: UTF-8, plain or gzipped, one sentence a line, line i of one file
 * the translation of line i of the other. Lines may end with a line feed or with carriage return
 * and line feed.
 */
public final class ParallelFiles {
  /** Bytes of a line at most: longer ones are not sentences. */
  private static final int LONGEST_LINE = 1 << 20;

  private static final Pattern LANGUAGE = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_-]*");

  private ParallelFiles() {}

  /**
   * Reads two files.
   *
   * @throws UserError if a file is missing, damaged or not UTF-8, a line is blank, or they have
   *     different numbers of lines; the error names file and line
   */
  public static ParallelText read(Path source, Path target) {
    return new ParallelText(source.toString(), target.toString(), lines(source), lines(target));
  }

  /**
   * Reads a folder: {@code train.en} and {@code train.fr}, {@code val.en} and {@code val.fr}, and
   * as tests all pairs whose names begin with {@code test}, in alphabetical order. Each may have
   * {@code .gz} at its end. This is how Multi30k is laid out (Elliott, Frank, Sima'an, Specia,
   * "Multi30K: Multilingual English-German Image Descriptions", 2016): 29,000 and 1,014 pairs,
   * {@code test_2016_flickr} and {@code test_2017_flickr} of 1,000 each.
   *
   * <p>A test that one of the two languages lacks is left out and noted.
   *
   * @param source the language to translate, as the files' names end: {@code en}
   * @param target the language to translate into: {@code fr}
   * @throws UserError if a file is missing or wrong
   */
  public static ParallelSplits folder(Path folder, String source, String target) {
    requireLanguage("source language", source);
    requireLanguage("target language", target);
    if (source.equals(target)) {
      throw UserError.in("target language")
          .what("the same as the source language")
          .expected("another language than '" + source + "'")
          .received("'" + target + "'")
          .build();
    }
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a folder of translated sentences")
          .expected("a folder")
          .received(Files.exists(folder) ? "a file" : "no such path")
          .next("give the folder that holds train.%s and train.%s".formatted(source, target))
          .build();
    }
    ParallelText train = part(folder, "train", source, target);
    ParallelText validation = part(folder, "val", source, target);
    Map<String, ParallelText> tests = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    Set<String> names = new TreeSet<>(tests(folder, source));
    names.addAll(tests(folder, target));
    for (String name : names) {
      String missing = !exists(folder, name, source) ? source : target;
      if (exists(folder, name, missing)) {
        tests.put(name, part(folder, name, source, target));
      } else {
        notes.add("%s left out: there is no %s.%s".formatted(name, name, missing));
      }
    }
    if (tests.isEmpty()) {
      throw missing(folder, "test", source, target, notes.isEmpty() ? "none" : notes.get(0));
    }
    return new ParallelSplits(train, validation, tests, notes);
  }

  /** The pair of a folder whose names begin with that of the part. */
  private static ParallelText part(Path folder, String part, String source, String target) {
    for (String language : List.of(source, target)) {
      if (!exists(folder, part, language)) {
        throw missing(folder, part, source, target, "no " + part + "." + language);
      }
    }
    return read(find(folder, part, source), find(folder, part, target));
  }

  private static UserError missing(
      Path folder, String part, String source, String target, String received) {
    String one = part + "." + source;
    String other = part + "." + target;
    return UserError.in(folder)
        .what("the sentences called '" + part + "' are missing")
        .expected("%s and %s, each with or without .gz".formatted(one, other))
        .received(received)
        .next(
            "put both there: UTF-8, one sentence a line, line i of %s the translation of line i of %s"
                .formatted(other, one))
        .build();
  }

  private static boolean exists(Path folder, String part, String language) {
    return Files.exists(find(folder, part, language));
  }

  /** The plain file if there is one, or else the name of the gzipped. */
  private static Path find(Path folder, String part, String language) {
    Path plain = folder.resolve(part + "." + language);
    return Files.exists(plain) ? plain : folder.resolve(part + "." + language + ".gz");
  }

  /** The names before the language of all tests of one side. */
  private static Set<String> tests(Path folder, String language) {
    Set<String> names = new HashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          file -> {
            String name = file.getFileName().toString();
            for (String end : List.of("." + language, "." + language + ".gz")) {
              if (name.startsWith("test") && name.endsWith(end)) {
                names.add(name.substring(0, name.length() - end.length()));
              }
            }
          });
    } catch (IOException e) {
      throw DataStream.unreadable(folder.toString(), e);
    }
    return names;
  }

  private static void requireLanguage(String where, String language) {
    if (!LANGUAGE.matcher(language).matches()) {
      throw UserError.in(where)
          .what("not the end of a file's name")
          .expected("letters, digits, '-' and '_', such as 'en'")
          .received("'" + language + "'")
          .build();
    }
  }

  /**
   * All lines of a file.
   *
   * @throws UserError if it cannot be read or is not UTF-8; the error names the line
   */
  static List<String> lines(Path file) {
    List<String> lines = new ArrayList<>();
    try (DataLines in = DataLines.open(file, LONGEST_LINE, "sentence")) {
      for (String line = in.next(); line != null; line = in.next()) {
        lines.add(line);
      }
    }
    return lines;
  }
}
