// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;

/**
 * Limits on drawings, the same for all parts.
 *
 * @param clamp largest offset, in units of the data: longer ones are cut to it; positive
 * @param minPoints drawings with fewer points are left out
 * @param maxPoints drawings with more points are left out
 */
public record DrawingFilter(double clamp, int minPoints, int maxPoints) {
  /**
   * Checks the limits.
   *
   * @throws UserError if no drawing can satisfy them
   */
  public DrawingFilter {
    if (!(clamp > 0) || minPoints > maxPoints || maxPoints < 1) {
      throw UserError.in("limits of drawings")
          .what("no drawing is within them")
          .expected("a clamp above 0, and minPoints at most maxPoints")
          .received("clamp %s, %d to %d points".formatted(clamp, minPoints, maxPoints))
          .build();
    }
  }

  /**
   * The drawings within the limits; what was left out or cut is added to the notes.
   *
   * @throws UserError if none is left in a part
   */
  public DrawingSplits apply(DrawingSplits splits) {
    List<String> notes = new ArrayList<>(splits.notes());
    return new DrawingSplits(
        apply(splits.train(), "training", notes),
        apply(splits.validation(), "validation", notes),
        apply(splits.test(), "test", notes),
        notes);
  }

  private DrawingPart apply(DrawingPart part, String name, List<String> notes) {
    List<PenDrawing> drawings = new ArrayList<>(part.count());
    List<String> texts = new ArrayList<>();
    int tooShort = 0;
    int tooLong = 0;
    long cut = 0;
    for (int i = 0; i < part.count(); i++) {
      PenDrawing drawing = part.drawings().get(i);
      if (drawing.points() < minPoints) {
        tooShort++;
      } else if (drawing.points() > maxPoints) {
        tooLong++;
      } else {
        int beyond = beyond(drawing);
        cut += beyond;
        drawings.add(beyond == 0 ? drawing : clamped(drawing, part.name()));
        if (!part.texts().isEmpty()) {
          texts.add(part.texts().get(i));
        }
      }
    }
    note(notes, name, "drawings left out for fewer points than " + minPoints, tooShort);
    note(notes, name, "drawings left out for more points than " + maxPoints, tooLong);
    note(notes, name, "offsets cut to " + (float) clamp, cut);
    return new DrawingPart(part.name(), drawings, texts, part.originsCut());
  }

  private static void note(List<String> notes, String part, String what, long count) {
    if (count > 0) {
      notes.add("%s, %s: %d".formatted(part, what, count));
    }
  }

  private int beyond(PenDrawing drawing) {
    int count = 0;
    for (int i = 0; i < drawing.points(); i++) {
      count += Math.abs(drawing.dx(i)) > clamp ? 1 : 0;
      count += Math.abs(drawing.dy(i)) > clamp ? 1 : 0;
    }
    return count;
  }

  private PenDrawing clamped(PenDrawing drawing, String where) {
    float[] rows = drawing.rows();
    for (int i = 0; i < rows.length; i++) {
      if (i % PenDrawing.COLUMNS < 2) {
        rows[i] = (float) Math.max(-clamp, Math.min(clamp, rows[i]));
      }
    }
    return PenDrawing.of(where, rows);
  }
}
