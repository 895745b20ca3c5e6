// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.List;
import org.hypernet4j.pen.PenDrawing;

/**
 * A drawing as it is made, with strips of numbers, one for each point (paper, Fig 7).
 *
 * @param title the title of the picture
 * @param notes paragraphs that describe the numbers, the model and the drawing
 * @param drawing the points
 * @param strips from top to bottom; {@code values} {@code [points]}, 0 or more, NaN where there is
 *     none
 * @param axis what the strips run along
 */
public record Writing(
    String title,
    List<String> notes,
    PenDrawing drawing,
    List<TextStrips.Strip> strips,
    Axis axis) {

  /** What the strips run along. */
  public enum Axis {
    /** The place of the pen from left to right; where it was more than once, the largest number. */
    PLACE,

    /** The points, one after the other. */
    TIME,

    /** {@link #PLACE} for what runs from left to right as handwriting does, else {@link #TIME}. */
    AUTO
  }

  /** Copies the lists. */
  public Writing {
    notes = List.copyOf(notes);
    strips = List.copyOf(strips);
    for (TextStrips.Strip strip : strips) {
      if (strip.values().length != drawing.points()) {
        throw new IllegalArgumentException(
            strip.name() + ": " + strip.values().length + " numbers for a " + drawing);
      }
    }
  }
}
