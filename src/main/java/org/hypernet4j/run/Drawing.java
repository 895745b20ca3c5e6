// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;

/**
 * The pictures of a trained model.
 *
 * @param lines human-readable results
 * @param figures machine-readable results beside the files
 * @param files all of them
 */
public record Drawing(List<String> lines, JsonObject figures, List<Path> files) {
  /** Copies the lists. */
  public Drawing {
    lines = List.copyOf(lines);
    files = List.copyOf(files);
  }
}
