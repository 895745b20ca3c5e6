// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.FormComparison;
import org.jspecify.annotations.Nullable;

/** A model with its trained parameters in a session, of any family. */
public interface TrainedModel extends AutoCloseable {
  /**
   * Reference cases that this session computes and that an exported model must reproduce.
   *
   * @param data the user's copy of the data, or null for the built-in sample or for inputs of the
   *     model's own
   * @throws UserError if the data are not where they should be, or the inputs do not come from data
   */
  List<ReferenceCase> references(@Nullable Path data);

  /**
   * Prepares an export: parameter values, the inference graph and reference outputs.
   *
   * @param references the cases that every reader must reproduce: those of the session that was
   *     trained, see {@link Experiment#references}, or {@link #references} of this one
   * @param provenance the model's origin, for the manifest
   * @param base the folder below which {@code <name>/<version>} is created
   */
  ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base);

  /**
   * Writes both forms without publishing them, and compares their outputs and their sizes.
   *
   * @param references the cases whose inputs both forms receive
   * @param base as for {@link #exportRequest}
   * @param form the form in whose folder below {@code base} both are written, one after the other;
   *     the files are removed again
   * @return empty for a model without a generator, which has one form only
   */
  default Optional<FormComparison> compareForms(
      List<ReferenceCase> references, Path base, ExportForm form) {
    return Optional.empty();
  }

  /**
   * One network of a family that is made from a condition. It shares this model's session: the
   * model is closed once, this one or that.
   *
   * @param condition in words: the number of a task, {@code 3}, or numbers, {@code 0.3,0.7}
   * @throws UserError if the model is no such family, or it is no condition of it
   */
  default TrainedModel fixed(String condition) {
    throw UserError.in(Setting.of("condition"))
        .what("the model is one network, not a family that is made from a condition")
        .received(condition)
        .next("leave it out")
        .build();
  }

  /**
   * Draws the pictures that a training leaves in its folder.
   *
   * @return the files, by what they show
   */
  default Map<String, Path> drawInto(RunFolder folder) {
    return Map.of();
  }

  /**
   * The median time in milliseconds to generate all kernels once: the additional cost of a call of
   * the generated form over one of the baked form. 0 if nothing is generated.
   */
  default double generationMillis() {
    return 0;
  }

  @Override
  void close();
}
