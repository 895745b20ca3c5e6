// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The traces of one InkML file.
 *
 * <p>A trace is points with commas between them, a point values with white space between them; X
 * and Y come first unless a {@code traceFormat} says otherwise, and other channels are not used.
 * Groups of traces may be nested. Traces of a lifted pen ({@code type="penUp"}) and those in {@code
 * definitions} are not drawn.
 *
 * <p>Refused: values with a prefix ({@code '}, {@code "}, {@code !}: differences, or their end),
 * hexadecimal numbers, values that nothing separates, several formats in a file, turned axes,
 * traces that continue others.
 */
final class InkMlFile implements XmlFile.Content {
  private final PenTrack track;
  private String type = "";
  private final List<String> channels = new ArrayList<>();
  private @Nullable String truth;
  private @Nullable String label;
  private int depth;
  private int definitions;
  private int intermittent;
  private int skipped;
  private int x = -1;
  private int y = -1;

  private InkMlFile(String name) {
    track = new PenTrack(name);
  }

  /**
   * Reads a file.
   *
   * @throws org.hypernet4j.error.UserError if it is not such a file, is damaged, or uses what is
   *     refused; the error names the line
   */
  static InkMlFile read(Path file) {
    InkMlFile ink = new InkMlFile(file.toString());
    XmlFile.read(file, ink);
    return ink;
  }

  /** The points; there may be none. */
  PenTrack track() {
    return track;
  }

  /** Number of traces that are not drawn. */
  int skipped() {
    return skipped;
  }

  /** What the file says the drawing is; null if it does not. */
  @Nullable String text() {
    return truth != null ? truth : label;
  }

  @Override
  public void begin(XmlFile xml) {
    depth++;
    String given = xml.attribute("type");
    type = given == null ? "" : given;
    String element = xml.element();
    if (depth == 1 && !element.equals("ink")) {
      throw xml.fault()
          .what("not an InkML file")
          .expected("the element ink")
          .received(XmlFile.cut(element))
          .build();
    }
    switch (element) {
      case "definitions" -> definitions++;
      case "intermittentChannels" -> intermittent++;
      case "traceFormat" -> channels.clear();
      case "channel" -> channel(xml);
      case "trace" -> {
        String continuation = xml.attribute("continuation");
        if (continuation != null) {
          throw xml.fault()
              .what("a trace that continues another is not read, line " + xml.line())
              .expected("every stroke in one trace")
              .received("continuation=\"" + XmlFile.cut(continuation) + "\"")
              .build();
        }
      }
      default -> {
        // devices, brushes, views, notes
      }
    }
  }

  private void channel(XmlFile xml) {
    String name = xml.attribute("name");
    boolean place = "X".equals(name) || "Y".equals(name);
    if (place && "-ve".equals(xml.attribute("orientation"))) {
      throw xml.fault()
          .what("the axis " + name + " is turned, line " + xml.line())
          .expected("X to the right and Y down")
          .received("orientation=\"-ve\"")
          .next("write its values with the other sign")
          .build();
    }
    if (intermittent == 0) {
      channels.add(name == null ? "" : name);
    }
  }

  @Override
  public void end(XmlFile xml) {
    switch (xml.element()) {
      case "definitions" -> definitions--;
      case "intermittentChannels" -> intermittent--;
      case "traceFormat" -> format(xml, channels.indexOf("X"), channels.indexOf("Y"));
      case "annotation" -> {
        String said = xml.text().strip();
        if (depth == 2 && !said.isEmpty()) {
          truth = type.equals("truth") && truth == null ? said : truth;
          label = type.equals("label") && label == null ? said : label;
        }
      }
      case "trace" -> {
        if (definitions > 0 || type.equals("penUp")) {
          skipped++;
        } else {
          trace(xml);
        }
      }
      default -> {
        // as in begin
      }
    }
    depth--;
  }

  private void format(XmlFile xml, int newX, int newY) {
    if (newX < 0 || newY < 0) {
      throw xml.fault()
          .what("the trace format has no place, line " + xml.line())
          .expected("channels X and Y, in every point")
          .received(channels.isEmpty() ? "no channel" : XmlFile.cut(String.join(" ", channels)))
          .build();
    }
    if (x >= 0 && (x != newX || y != newY)) {
      throw xml.fault()
          .what("X and Y change their places among the values, line " + xml.line())
          .expected("one trace format, before the first trace")
          .received(
              "values "
                  + (newX + 1)
                  + " and "
                  + (newY + 1)
                  + " after values "
                  + (x + 1)
                  + " and "
                  + (y + 1))
          .build();
    }
    x = newX;
    y = newY;
  }

  private void trace(XmlFile xml) {
    if (x < 0) {
      x = 0;
      y = 1;
    }
    String points = xml.text();
    refusePrefixes(xml, points);
    int begin = 0;
    while (begin < points.length()) {
      int comma = points.indexOf(',', begin);
      int end = comma < 0 ? points.length() : comma;
      String point = points.substring(begin, end);
      // a comma after the last point, or no point at all
      if (!point.isBlank() || comma >= 0) {
        point(xml, point);
      }
      begin = end + 1;
    }
    track.lift();
  }

  private void point(XmlFile xml, String values) {
    StringTokenizer tokens = new StringTokenizer(values, " \t\r\n");
    String atX = null;
    String atY = null;
    for (int i = 0; tokens.hasMoreTokens(); i++) {
      String value = tokens.nextToken();
      atX = i == x ? value : atX;
      atY = i == y ? value : atY;
    }
    track.point(xml.number(atX, "X of a point"), xml.number(atY, "Y of a point"));
  }

  private static void refusePrefixes(XmlFile xml, String points) {
    for (int i = 0; i < points.length(); i++) {
      String name =
          switch (points.charAt(i)) {
            case '\'' -> "a first difference";
            case '"' -> "a second difference";
            case '!' -> "an explicit value after differences";
            default -> "";
          };
      if (!name.isEmpty()) {
        throw xml.fault()
            .what("a trace uses the prefix " + points.charAt(i) + ", line " + xml.line())
            .expected("plain coordinates")
            .received(name + ", '" + XmlFile.cut(points.substring(i)) + "'")
            .next("write the points without differences")
            .build();
      }
    }
  }
}
