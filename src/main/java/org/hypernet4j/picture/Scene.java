// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.List;

/**
 * A picture as simple items, placed but not yet drawn: {@link SceneSvg} and {@link ScenePng} draw
 * the same. Lengths are pixels of the SVG; the PNG has more.
 *
 * @param label what the picture shows, for those who do not see it
 * @param items later ones cover earlier ones
 */
record Scene(int width, int height, String label, List<Item> items) {
  Scene {
    items = List.copyOf(items);
  }

  /** Something to draw. */
  sealed interface Item {}

  /**
   * A colour.
   *
   * @param onWhite {@code 0xRRGGBB}
   * @param onBlack where the viewer prefers a dark ground
   * @param opacity 0 to 1
   */
  record Ink(int onWhite, int onBlack, double opacity) {
    /** Letters and axes. */
    static final Ink TEXT = new Ink(0x111111, 0xeeeeee, 1);

    Ink thinned(double share) {
      return new Ink(onWhite, onBlack, opacity * share);
    }
  }

  /** A filled rectangle. */
  record Box(double x, double y, double width, double height, Ink ink) implements Item {}

  /**
   * A line through points.
   *
   * @param dashes lengths of strokes and gaps in turn; none for a whole line
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Line(double[] x, double[] y, double thickness, List<Double> dashes, Ink ink)
      implements Item {
    static Line straight(double x1, double y1, double x2, double y2, double thickness, Ink ink) {
      return new Line(new double[] {x1, x2}, new double[] {y1, y2}, thickness, List.of(), ink);
    }
  }

  /** A filled polygon, or a circle if it has no corners, around a point. */
  record Mark(MarkShape shape, double x, double y, double radius, Ink ink) implements Item {}

  /**
   * A line of text.
   *
   * @param x its start, middle or end
   * @param y its vertical middle
   * @param size of the letters
   */
  record Text(
      String text, double x, double y, double size, boolean bold, GridLayout.Anchor anchor, Ink ink)
      implements Item {}

  /**
   * A line of text that runs upwards.
   *
   * @param x its middle
   * @param y its start, below
   * @param size of the letters
   */
  record TextUp(String text, double x, double y, double size, Ink ink) implements Item {}

  /** An image stretched over a rectangle, its pixels sharp. */
  record Raster(GreyImage image, double x, double y, double width, double height) implements Item {}

  /** The shapes of marks, so that colour is not all that tells series apart. */
  enum MarkShape {
    CIRCLE,
    SQUARE,
    TRIANGLE,
    DIAMOND,
    DOWN,
    PLUS;

    /** x and y of the corners in turn, for a radius of 1; a circle has none. */
    double[] corners() {
      return switch (this) {
        case CIRCLE -> new double[0];
        case SQUARE -> new double[] {-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9};
        case TRIANGLE -> new double[] {0, -1.2, 1.1, 0.8, -1.1, 0.8};
        case DIAMOND -> new double[] {0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0};
        case DOWN -> new double[] {0, 1.2, 1.1, -0.8, -1.1, -0.8};
        case PLUS ->
            new double[] {
              -0.4, -1.2, 0.4, -1.2, 0.4, -0.4, 1.2, -0.4, 1.2, 0.4, 0.4, 0.4, //
              0.4, 1.2, -0.4, 1.2, -0.4, 0.4, -1.2, 0.4, -1.2, -0.4, -0.4, -0.4
            };
      };
    }
  }

  /** How wide letters are. */
  interface Letters {
    /** From one letter to the next, at a size. */
    double advance(double size);

    /** Width of a line of text. */
    default double width(String text, double size) {
      return text.codePointCount(0, text.length()) * advance(size);
    }
  }
}
