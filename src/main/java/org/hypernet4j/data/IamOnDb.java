// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;

/**
 * The IAM on-line handwriting database (Liwicki and Bunke, ICDAR 2005): lines of English text from
 * a whiteboard. It may not be passed on; a user registers and downloads a copy.
 *
 * <p>A form such as {@code a01-000u} has a file for each line, {@code
 * lineStrokes/a01/a01-000/a01-000u-01.xml} and so on, and one with the text of all of them, {@code
 * ascii/a01/a01-000/a01-000u.txt}. Line n of the text behind {@code CSR:} (lines without a
 * character do not count, eleven per cent signs end a line) belongs to file n. Four lists name the
 * forms: {@code trainset.txt}, {@code testset_v.txt}, {@code testset_t.txt}, {@code testset_f.txt}.
 *
 * <p>Offsets are in the database's units, y down as the whiteboard gives it. What a model cannot
 * use is left out and counted in {@link DrawingSplits#notes}: forms without strokes, lines without
 * a point, lines without their text. Not done, since the thresholds were never published: Graves
 * filled in missing readings and removed steps that were too long.
 *
 * <p>Sources of the layout: the database's pages, and readers that many have used
 * (sjvasquez/handwriting-synthesis, hardmaru/write-rnn-tensorflow). Split: Graves, arXiv:1308.0850,
 * section 4.
 */
public final class IamOnDb {
  /** How the four lists of forms are used. */
  public enum Split {
    /**
     * That of Graves and of Ha, Dai and Le: trainset, testset_t and testset_f train (10,741 lines
     * of the full database), testset_v validates (1,438) and is the test part as well, because no
     * other form is left.
     */
    GRAVES,
    /** That of the database: trainset trains, testset_v validates, testset_t and _f test. */
    STANDARD
  }

  private IamOnDb() {}

  /**
   * Reads the database.
   *
   * @param folder the folder that holds {@code lineStrokes}, {@code ascii} and the four lists, or
   *     one up to three levels above each of them, such as the {@code lineStrokes-all} and {@code
   *     task1} that their archives make
   * @return drawings with texts; without texts if there is no folder {@code ascii}
   * @throws UserError if lists or strokes are missing, a file is damaged, or a form is in two lists
   */
  public static DrawingSplits fromFolder(Path folder, Split split) {
    IamOnDbFolder files = IamOnDbFolder.of(folder);
    ReadingNotes notes = new ReadingNotes();
    Map<String, String> listOf = new HashMap<>();
    List<Line> train = lines(files, "trainset.txt", listOf, notes);
    List<Line> validation = lines(files, "testset_v.txt", listOf, notes);
    List<Line> second = lines(files, "testset_t.txt", listOf, notes);
    List<Line> last = lines(files, "testset_f.txt", listOf, notes);
    if (files.ascii() == null) {
      notes.say("no texts: there is no folder ascii");
    }
    boolean graves = split == Split.GRAVES;
    if (graves) {
      train = joined(train, joined(second, last));
      notes.say("the test part is the validation part, testset_v: this split has no other");
    }
    DrawingPart validated = part("validation", validation, files);
    DrawingPart tested =
        graves
            ? new DrawingPart("test of " + files.strokes(), validated.drawings(), validated.texts())
            : part("test", joined(second, last), files);
    return new DrawingSplits(part("train", train, files), validated, tested, notes.lines());
  }

  /** A line of handwriting; the text is empty where there are no texts. */
  private record Line(PenDrawing drawing, String text) {}

  private static <T> List<T> joined(List<T> first, List<T> second) {
    List<T> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }

  private static DrawingPart part(String name, List<Line> lines, IamOnDbFolder files) {
    return new DrawingPart(
        name + " of " + files.strokes(),
        lines.stream().map(Line::drawing).toList(),
        files.ascii() == null ? List.of() : lines.stream().map(Line::text).toList());
  }

  /**
   * The lines of the forms in a list, in its order.
   *
   * @param listOf the list of each form that came before; this list's are added
   */
  private static List<Line> lines(
      IamOnDbFolder files, String list, Map<String, String> listOf, ReadingNotes notes) {
    List<Line> lines = new ArrayList<>();
    for (String form : files.forms(list)) {
      String before = listOf.put(form, list);
      if (list.equals(before)) {
        notes.count("forms named twice by " + list + ", read once", form);
      } else if (before != null) {
        throw UserError.in(files.list(list))
            .what("names a form that " + before + " names too")
            .expected("lists without a common form")
            .received(form)
            .next("get the lists of the database again")
            .build();
      } else {
        addForm(files, form, lines, notes);
      }
    }
    return lines;
  }

  private static void addForm(
      IamOnDbFolder files, String form, List<Line> lines, ReadingNotes notes) {
    Map<Integer, Path> strokes = files.strokesOf(form);
    if (strokes.isEmpty()) {
      notes.count("forms without a file of strokes", form);
      return;
    }
    List<String> texts = List.of();
    if (files.ascii() != null) {
      texts = textsOf(files, form);
      if (texts.isEmpty()) {
        notes.count("forms without a text, left out", form);
        return;
      }
      int last = texts.size();
      long used = strokes.keySet().stream().filter(n -> n >= 1 && n <= last).count();
      notes.count("lines of text without strokes", form, last - used);
    }
    for (Map.Entry<Integer, Path> each : strokes.entrySet()) {
      int number = each.getKey();
      String name = each.getValue().getFileName().toString();
      if (files.ascii() != null && (number < 1 || number > texts.size())) {
        notes.count("lines without their text, left out", name);
        continue;
      }
      PenTrack track = drawing(each.getValue());
      notes.count("strokes without a point", name, track.emptyStrokes());
      if (track.points() == 0) {
        notes.count("lines without a point, left out", name);
        continue;
      }
      lines.add(new Line(track.drawing(), texts.isEmpty() ? "" : texts.get(number - 1)));
    }
  }

  private static List<String> textsOf(IamOnDbFolder files, String form) {
    Path file = files.textOf(form);
    if (file == null || !Files.exists(file)) {
      return List.of();
    }
    try {
      return IamOnDbFolder.transcription(file);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  /**
   * The points of a line's file.
   *
   * @throws UserError if it is not such a file; the error names the line
   */
  static PenTrack drawing(Path file) {
    PenTrack track = new PenTrack(file.toString());
    XmlFile.read(
        file,
        new XmlFile.Content() {
          private boolean root = true;

          @Override
          public void begin(XmlFile xml) {
            element(xml, track, root);
            root = false;
          }

          @Override
          public void end(XmlFile xml) {
            if (xml.element().equals("Stroke")) {
              track.lift();
            }
          }
        });
    return track;
  }

  private static void element(XmlFile xml, PenTrack track, boolean root) {
    String element = xml.element();
    if (root && !element.equals("WhiteboardCaptureSession")) {
      throw xml.fault()
          .what("not a file of the IAM on-line database")
          .expected("WhiteboardCaptureSession")
          .received(XmlFile.cut(element))
          .next("give the folder lineStrokes of the database")
          .build();
    }
    if (element.equals("Point")) {
      track.point(
          xml.number(xml.attribute("x"), "x of a point"),
          xml.number(xml.attribute("y"), "y of a point"));
    } else if (element.equals("SensorLocation")) {
      String corner = xml.attribute("corner");
      if (corner != null && !corner.equals("top_left")) {
        throw xml.fault()
            .what("the sensor is in another corner, line " + xml.line())
            .expected("top_left, as in the whole database: y then points down")
            .received(XmlFile.cut(corner))
            .build();
      }
    }
  }
}
