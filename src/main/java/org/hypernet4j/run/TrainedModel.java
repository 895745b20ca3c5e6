// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.FormComparison;
import org.jspecify.annotations.Nullable;

/** A model with its trained parameters in a session, of any family. */
public interface TrainedModel extends AutoCloseable {
  /**
   * Reference cases that this session computes: what an exported model must reproduce.
   *
   * @param data the user's copy of the data, or null for the built-in sample or for inputs of the
   *     model's own
   * @throws UserError if the data are not where they should be, or the inputs do not come from data
   */
  List<ReferenceCase> references(@Nullable Path data);

  /**
   * Prepares an export: parameter values, the inference graph and reference outputs.
   *
   * @param references what every reader must reproduce: those of the session that was trained, see
   *     {@link Experiment#references}, or {@link #references} of this one
   * @param provenance what the manifest says of the model's origin
   * @param base the folder below which {@code <name>/<version>} is made
   */
  ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base);

  /**
   * Writes both forms without publishing them, and compares their outputs and their sizes.
   *
   * @param references whose inputs both forms get
   * @param base as for {@link #exportRequest}
   * @param form the one whose folder below {@code base} has room for both, one after the other;
   *     what is written there is removed again
   * @return nothing for a model without a generator, which has one form only
   */
  default Optional<FormComparison> compareForms(
      List<ReferenceCase> references, Path base, ExportForm form) {
    return Optional.empty();
  }

  /**
   * Draws what a training leaves in its folder.
   *
   * @return the files, by what they show
   */
  default Map<String, Path> drawInto(RunFolder folder) {
    return Map.of();
  }

  /**
   * The median time in milliseconds to make all generated kernels once: what a call of the
   * generated form costs more than one of the baked form. 0 if nothing is generated.
   */
  default double generationMillis() {
    return 0;
  }

  @Override
  void close();
}
