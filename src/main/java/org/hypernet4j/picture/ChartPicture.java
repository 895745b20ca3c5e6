// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Writes a {@link Chart} as SVG, its colours for light and dark grounds, or as PNG on white. Both
 * are legible on a phone, and neither needs a display or fonts on this machine.
 */
public final class ChartPicture {
  private ChartPicture() {}

  /**
   * Writes the chart as SVG.
   *
   * @throws org.hypernet4j.error.UserError if an axis is logarithmic and a value is not above 0, or
   *     the file cannot be written
   */
  public static void writeSvg(Path file, Chart chart) {
    AtomicFiles.writeString(file, svg(chart));
  }

  /**
   * Writes the chart as PNG. Letters that the built-in font lacks are boxes.
   *
   * @throws org.hypernet4j.error.UserError if an axis is logarithmic and a value is not above 0, or
   *     the file cannot be written
   */
  public static void writePng(Path file, Chart chart) {
    ScenePng.write(file, ChartLayout.scene(chart, ScenePng.LETTERS));
  }

  /**
   * The chart as an SVG element, for a page that holds it.
   *
   * @throws org.hypernet4j.error.UserError if an axis is logarithmic and a value is not above 0
   */
  public static String svg(Chart chart) {
    return SceneSvg.draw(ChartLayout.scene(chart, SceneSvg.LETTERS));
  }
}
