// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import org.hypernet4j.run.ExportForm;
import picocli.CommandLine.Option;

/** The folder and the form of an export. */
final class ExportOptions {
  /** The words for {@link ExportForm}. */
  static final class FormWords extends WordConverter<ExportForm> {
    FormWords() {
      super(ExportForm.class, ExportForm::word);
    }
  }

  @Option(
      names = "--export-dir",
      paramLabel = "DIR",
      defaultValue = "export/models",
      description =
          "Folder of exported models; NAME/VERSION is made in it. Default: ${DEFAULT-VALUE}.")
  Path folder;

  @Option(
      names = "--form",
      paramLabel = "FORM",
      defaultValue = "generated",
      converter = FormWords.class,
      completionCandidates = FormWords.class,
      description =
          "generated keeps the generator in the model, baked folds it into plain kernels."
              + " Default: ${DEFAULT-VALUE}.")
  ExportForm form;
}
