// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.nio.file.Path;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.train.SessionOptions;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a training beside its specification.
 *
 * @param data the folder of the data, or null for the built-in sample
 * @param runs the folder below which run folders are created
 * @param run this run's own folder, or null for the next free one
 * @param resume whether to go on with the newest run (or with {@code run})
 * @param session threads and determinism
 * @param vocabulary the symbols of a text in place of those that occur in it, or null
 * @param from the checkpoint of the run to go on from, or null for its newest; implies {@code
 *     resume}
 */
public record TrainOptions(
    @Nullable Path data,
    Path runs,
    @Nullable Path run,
    boolean resume,
    SessionOptions session,
    @Nullable Vocabulary vocabulary,
    @Nullable Path from) {
  public TrainOptions {
    resume = resume || from != null;
  }

  /** Options without a named checkpoint: a run that goes on does so from its newest. */
  public TrainOptions(
      @Nullable Path data,
      Path runs,
      @Nullable Path run,
      boolean resume,
      SessionOptions session,
      @Nullable Vocabulary vocabulary) {
    this(data, runs, run, resume, session, vocabulary, null);
  }

  /** Options with the symbols that occur in the text. */
  public TrainOptions(
      @Nullable Path data, Path runs, @Nullable Path run, boolean resume, SessionOptions session) {
    this(data, runs, run, resume, session, null, null);
  }
}
