// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.picture.EmbeddingMap;

/**
 * The pictures of a trained model.
 *
 * @param lines human-readable results
 * @param figures machine-readable results beside the files
 * @param files all files, those of the charts included
 * @param charts that the caller has yet to draw, with a chart library of its own
 */
public record Drawing(
    List<String> lines, JsonObject figures, List<Path> files, List<Chart> charts) {
  /** Copies the lists. */
  public Drawing {
    lines = List.copyOf(lines);
    files = List.copyOf(files);
    charts = List.copyOf(charts);
  }

  /**
   * A chart of points.
   *
   * @param file the picture, PNG
   */
  public record Chart(Path file, String title, EmbeddingMap map) {}
}
