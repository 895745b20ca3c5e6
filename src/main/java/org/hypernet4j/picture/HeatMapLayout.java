// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.List;

/** The places in a picture of a {@link HeatMap}; lengths are pixels of the SVG. */
final class HeatMapLayout {
  private static final double CELL = 18;
  private static final double STRIP = 12;
  private static final double GAP = 10;
  private static final double MARGIN = 10;
  private static final double SPACE = 5;
  private static final double TEXT = 11;
  private static final double LINE = 16;

  /** Narrower, the title would be broken too often. */
  private static final double LEAST = 340;

  private static final Scene.Ink WEIGHT = ink(TextStrips.Colour.BLUE);
  private static final Scene.Ink RULE = Scene.Ink.TEXT.thinned(0.15);

  private final HeatMap map;
  private final Scene.Letters letters;
  private final List<Scene.Item> items = new ArrayList<>();
  private final double left;
  private final double right;
  private final double width;

  private HeatMapLayout(HeatMap map, Scene.Letters letters) {
    this.map = map;
    this.letters = letters;
    left = MARGIN + longest(map.rows()) + SPACE;
    right = left + CELL * map.columns().size();
    double strips = map.strips().isEmpty() ? 0 : GAP + STRIP * map.strips().size();
    width = Math.max(LEAST, right + strips + MARGIN);
  }

  static Scene scene(HeatMap map, Scene.Letters letters) {
    return new HeatMapLayout(map, letters).scene();
  }

  private static Scene.Ink ink(TextStrips.Colour colour) {
    return new Scene.Ink(colour.onWhite, colour.onBlack, 1);
  }

  private double longest(List<String> texts) {
    return texts.stream()
        .mapToDouble(text -> letters.width(HeatMap.label(text), TEXT))
        .max()
        .orElse(0);
  }

  private Scene scene() {
    double y = paragraph(map.title(), true, MARGIN);
    double names =
        map.strips().stream()
            .mapToDouble(strip -> letters.width(strip.name(), TEXT))
            .max()
            .orElse(0);
    double top = y + SPACE + Math.max(longest(map.columns()), names) + SPACE;
    double bottom = top + CELL * map.rows().size();
    labels(top);
    weights(top, bottom);
    for (int s = 0; s < map.strips().size(); s++) {
      strip(map.strips().get(s), right + GAP + s * STRIP, top);
    }
    y = paragraph("columns: source; rows: translation; full colour: 1", false, bottom + SPACE);
    for (TextStrips.Strip strip : map.strips()) {
      String note =
          strip.name()
              + ": "
              + strip.meaning()
              + "; full colour: "
              + TextStrips.number(strip.full());
      y = paragraph(note, false, y);
    }
    return new Scene(
        (int) Math.ceil(width),
        (int) Math.ceil(y + MARGIN),
        "attention, " + map.rows().size() + " by " + map.columns().size() + ": " + map.title(),
        items);
  }

  private void labels(double top) {
    for (int column = 0; column < map.columns().size(); column++) {
      items.add(
          new Scene.TextUp(
              HeatMap.label(map.columns().get(column)),
              left + (column + 0.5) * CELL,
              top - SPACE,
              TEXT,
              Scene.Ink.TEXT));
    }
    for (int row = 0; row < map.rows().size(); row++) {
      items.add(
          new Scene.Text(
              HeatMap.label(map.rows().get(row)),
              left - SPACE,
              top + (row + 0.5) * CELL,
              TEXT,
              false,
              GridLayout.Anchor.END,
              Scene.Ink.TEXT));
    }
  }

  private void weights(double top, double bottom) {
    for (int row = 0; row < map.rows().size(); row++) {
      for (int column = 0; column < map.columns().size(); column++) {
        double share = Math.max(0, Math.min(1, map.weights()[row][column]));
        if (Markup.hundredths(share) > 0) {
          items.add(
              new Scene.Box(
                  left + column * CELL, top + row * CELL, CELL, CELL, WEIGHT.thinned(share)));
        }
      }
    }
    for (int row = 0; row <= map.rows().size(); row++) {
      double y = top + row * CELL;
      items.add(Scene.Line.straight(left, y, right, y, 1, RULE));
    }
    for (int column = 0; column <= map.columns().size(); column++) {
      double x = left + column * CELL;
      items.add(Scene.Line.straight(x, top, x, bottom, 1, RULE));
    }
  }

  private void strip(TextStrips.Strip strip, double x, double top) {
    items.add(new Scene.TextUp(strip.name(), x + STRIP / 2, top - SPACE, TEXT, Scene.Ink.TEXT));
    double[] shades = strip.shades();
    for (int row = 0; row < shades.length; row++) {
      if (Markup.hundredths(shades[row]) > 0) {
        items.add(
            new Scene.Box(
                x,
                top + row * CELL + 1,
                STRIP - 2,
                CELL - 2,
                ink(strip.colour()).thinned(shades[row])));
      }
    }
  }

  /** Adds lines of text; returns where the next may begin. */
  private double paragraph(String text, boolean bold, double top) {
    double y = top;
    int columns = (int) ((width - 2 * MARGIN) / letters.advance(TEXT));
    for (String line : StripPicture.wrap(text, columns)) {
      items.add(
          new Scene.Text(
              line,
              MARGIN,
              y + LINE / 2,
              TEXT,
              bold,
              GridLayout.Anchor.START,
              bold ? Scene.Ink.TEXT : Scene.Ink.TEXT.thinned(0.7)));
      y += LINE;
    }
    return y;
  }
}
