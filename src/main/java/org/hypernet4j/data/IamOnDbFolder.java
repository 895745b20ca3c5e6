// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;

/**
 * Where a user's copy of the IAM on-line database has its strokes, texts and lists.
 *
 * @param strokes the folder {@code lineStrokes}
 * @param ascii the folder {@code ascii}; null if there is none
 * @param lists the four lists of forms by their names
 */
record IamOnDbFolder(Path strokes, @Nullable Path ascii, Map<String, Path> lists) {
  private static final int DEPTH = 3;
  private static final String STROKES = "lineStrokes";
  private static final String ASCII = "ascii";
  private static final List<String> LISTS =
      List.of("trainset.txt", "testset_v.txt", "testset_t.txt", "testset_f.txt");

  /** {@code a01-000u}: the folder of the writing task, its number, and who wrote it. */
  private static final Pattern FORM = Pattern.compile("(([a-z][0-9]+)-[0-9]+)[a-z]?");

  /** Stands in one text of the database where a line ends. */
  private static final String LINE_END = "%%%%%%%%%%%";

  /** Looks for the parts of the database in a folder and up to three levels below it. */
  static IamOnDbFolder of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a folder of the IAM on-line database")
          .expected("a folder")
          .received(Files.exists(folder) ? "a file" : "no such path")
          .next("give the folder that holds lineStrokes, ascii and the lists of forms")
          .build();
    }
    Map<String, Path> found = find(folder);
    List<String> missing = new ArrayList<>(LISTS);
    missing.add(0, STROKES);
    missing.removeAll(found.keySet());
    if (!missing.isEmpty()) {
      throw UserError.in(folder)
          .what("parts of the IAM on-line database are missing")
          .expected(
              "the folder lineStrokes, and trainset.txt, testset_v.txt, testset_t.txt and"
                  + " testset_f.txt of the task IAM-OnDB-t1, here or in folders below")
          .received("no " + String.join(", no ", missing))
          .next("unpack lineStrokes-all, ascii-all and the task's lists into this folder")
          .build();
    }
    Map<String, Path> lists = new HashMap<>(found);
    lists.keySet().retainAll(LISTS);
    // STROKES was not missing
    Path strokes = found.getOrDefault(STROKES, folder);
    return new IamOnDbFolder(strokes, found.get(ASCII), Map.copyOf(lists));
  }

  /** The parts found, the higher one first; two at the same height are an error. */
  private static Map<String, Path> find(Path folder) {
    Map<String, Path> found = new HashMap<>();
    Deque<Path> level = new ArrayDeque<>(List.of(folder));
    for (int depth = 0; depth <= DEPTH; depth++) {
      Map<String, Path> here = new HashMap<>();
      Deque<Path> below = new ArrayDeque<>();
      for (Path each : level) {
        look(each, here, below);
      }
      here.forEach(found::putIfAbsent);
      level = below;
    }
    return found;
  }

  private static void look(Path folder, Map<String, Path> here, Deque<Path> below) {
    for (Path entry : entries(folder)) {
      String name = entry.getFileName().toString();
      boolean directory = Files.isDirectory(entry);
      boolean part = directory ? name.equals(STROKES) || name.equals(ASCII) : LISTS.contains(name);
      if (part) {
        Path other = here.put(name, entry);
        if (other != null) {
          throw UserError.in(folder)
              .what("there are two of " + name)
              .expected("one copy of the database")
              .received(other + " and " + entry)
              .next("give the folder of one of them")
              .build();
        }
      } else if (directory && !name.startsWith(".") && Files.isReadable(entry)) {
        below.add(entry);
      }
    }
  }

  private static List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw DataStream.unreadable(folder.toString(), e);
    }
  }

  /** The path of a list. */
  Path list(String name) {
    return lists.getOrDefault(name, Path.of(name));
  }

  /**
   * The forms that a list names, one a line, white space around them or not.
   *
   * @throws UserError if a line is not the name of a form
   */
  List<String> forms(String name) {
    Path file = list(name);
    List<String> forms = new ArrayList<>();
    int number = 0;
    for (String line : read(file).lines().toList()) {
      number++;
      String form = line.strip();
      if (form.isEmpty()) {
        continue;
      }
      if (!FORM.matcher(form).matches()) {
        throw UserError.in(file)
            .what("line " + number + " is not the name of a form")
            .expected("a name such as a01-000u")
            .received("'" + XmlFile.cut(form) + "'")
            .next("give the lists of the task IAM-OnDB-t1")
            .build();
      }
      forms.add(form);
    }
    return forms;
  }

  /** The files of a form's lines by their numbers; empty if there are none. */
  Map<Integer, Path> strokesOf(String form) {
    Map<Integer, Path> files = new TreeMap<>();
    Path folder = folderOf(strokes, form);
    if (Files.isDirectory(folder)) {
      Pattern name = Pattern.compile(Pattern.quote(form) + "-([0-9]{1,4})\\.xml");
      for (Path file : entries(folder)) {
        Matcher matcher = name.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          files.put(Integer.valueOf(matcher.group(1)), file);
        }
      }
    }
    return files;
  }

  /** Where a form's text should be; null without texts. */
  @Nullable Path textOf(String form) {
    return ascii == null ? null : folderOf(ascii, form).resolve(form + ".txt");
  }

  private static Path folderOf(Path root, String form) {
    Matcher matcher = FORM.matcher(form);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(form);
    }
    return root.resolve(matcher.group(2)).resolve(matcher.group(1));
  }

  /** The lines behind {@code CSR:}; empty if there is no such mark. */
  static List<String> transcription(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean begun = false;
    for (String line : read(file).replace(LINE_END, "\n").lines().toList()) {
      String text = line.strip();
      if (begun && !text.isEmpty()) {
        lines.add(text);
      }
      begun |= text.equals("CSR:");
    }
    return lines;
  }

  private static String read(Path file) {
    try {
      return new String(RegularFiles.readAllBytes(file, RegularFiles.WRITTEN), ISO_8859_1);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }
}
