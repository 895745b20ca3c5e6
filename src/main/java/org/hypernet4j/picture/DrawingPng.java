// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import org.hypernet4j.pen.PenDrawing;

/** A drawing as PNG: black on white, with smooth edges. It needs neither display nor fonts. */
public final class DrawingPng {
  private DrawingPng() {}

  /**
   * Writes the drawing.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, PenDrawing drawing, DrawingStyle style) {
    DrawingFrame frame = DrawingFrame.of(drawing, style);
    Picture picture = new Picture(frame.width(), frame.height());
    picture.strokes(frame.fit(), frame.line(), style.byStroke());
    picture.write(file);
  }
}
