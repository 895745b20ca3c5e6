// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Writes a {@link HeatMap} as SVG, its colours for light and dark grounds, or as PNG on white.
 * Neither needs a display or fonts on this machine.
 */
public final class HeatMapPicture {
  private HeatMapPicture() {}

  /**
   * Writes the map as SVG.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void writeSvg(Path file, HeatMap map) {
    AtomicFiles.writeString(file, svg(map));
  }

  /**
   * Writes the map as PNG. Letters that the built-in font lacks are boxes.
   *
   * @throws org.hypernet4j.error.UserError if the sentences are too long for a picture, or the file
   *     cannot be written
   */
  public static void writePng(Path file, HeatMap map) {
    ScenePng.write(file, HeatMapLayout.scene(map, ScenePng.LETTERS));
  }

  static String svg(HeatMap map) {
    return SceneSvg.draw(HeatMapLayout.scene(map, SceneSvg.LETTERS));
  }
}
