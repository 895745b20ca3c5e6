// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.Optional;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.ExperimentSpec;

/** Checks that a checkpoint belongs to the run folder that it lies in; it may be another run's. */
final class BoundCheckpoint {
  /** The key of {@link RunFolder#identity()} in a checkpoint's state. */
  static final String IDENTITY = "run";

  private BoundCheckpoint() {}

  /**
   * Checks that a checkpoint was written by the run of a folder.
   *
   * @param spec the specification of that run
   * @param name human-readable name of the checkpoint
   * @throws UserError if it states another run or other settings
   */
  static void require(RunFolder folder, ExperimentSpec spec, Checkpoint checkpoint, String name) {
    // read as a specification: keys that are newer than the checkpoint have their defaults
    String where = "specification in " + name + " of " + folder.path();
    ExperimentSpec own = SpecReader.read(ExperimentSpec.class, checkpoint.specification(), where);
    Optional<SpecDifference> difference = TrainingLength.differenceBeside(spec, own);
    if (difference.isPresent()) {
      SpecDifference first = difference.orElseThrow();
      throw foreign(
          folder,
          name,
          first.path() + " = " + first.stored(),
          first.path() + " = " + first.given());
    }
    String identity = folder.identity();
    JsonElement of = checkpoint.state().get(IDENTITY);
    // a checkpoint without it is older than the identity
    if (identity != null && of != null && !of.equals(new JsonPrimitive(identity))) {
      throw foreign(folder, name, "run \"" + identity + "\"", "run " + of);
    }
  }

  private static UserError foreign(
      RunFolder folder, String name, String expected, String received) {
    return UserError.in(folder.path())
        .what("its " + name + " is another run's")
        .expected(expected)
        .received(received)
        .next("put the file of this run back, or use the other run's own folder")
        .build();
  }
}
