// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.spec.TranslationModelSpec;

/** The commands with which a trained model is used. */
final class UseWords {
  private UseWords() {}

  /** The commands, a line each. */
  static List<String> commands(FinishedRun finished) {
    ExperimentSpec spec = finished.specification();
    Path folder = finished.folder().path();
    String run =
        folder.isAbsolute()
            ? "runs/" + spec.name() + "/" + folder.getFileName()
            : folder.toString();
    ModelFamily family = ModelFamilies.of(spec);
    List<String> lines = new ArrayList<>();
    if (spec.model() instanceof StrokesModelSpec) {
      lines.add("./hypernet4j draw " + run);
    } else if (spec.model() instanceof TranslationModelSpec) {
      lines.add("./hypernet4j translate " + run);
    } else if (family.readsSymbols()) {
      lines.add("./hypernet4j generate " + run + " --prompt 'The '");
    }
    lines.add("./hypernet4j visualise " + run);
    lines.add("./hypernet4j export " + run);
    lines.add("./hypernet4j serve export/models/" + spec.name() + " --port 8501");
    return lines;
  }
}
