// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.spec.ExperimentSpec;

/** The kernels that an exported model holds: generated or plain. */
public enum ExportForm {
  /** The generator and its embeddings; kernels are generated when the model runs. */
  GENERATED(ExportRequest.GENERATED),
  /** Plain kernels; the generator is folded away. */
  BAKED(ExportRequest.BAKED);

  private static final String BAKED_SUFFIX = "-baked";

  private final String word;

  ExportForm(String word) {
    this.word = word;
  }

  /** The word in commands and manifests. */
  public String word() {
    return word;
  }

  /**
   * The name under which a model is served: that of the experiment with dashes for dots, the baked
   * form marked.
   *
   * @throws UserError if the experiment's own name ends like that of a baked form: its versions
   *     would mix with those of another experiment
   */
  public String nameOf(ExperimentSpec spec) {
    String name = spec.name().replace('.', '-');
    if (name.endsWith(BAKED_SUFFIX)) {
      throw UserError.in("name")
          .what("a name that ends with '" + BAKED_SUFFIX + "' is that of a baked form")
          .expected("another ending for a model that is exported")
          .received("'" + spec.name() + "'")
          .next("rename the experiment, or train with " + Setting.of("noExport"))
          .build();
    }
    return this == BAKED ? name + BAKED_SUFFIX : name;
  }
}
