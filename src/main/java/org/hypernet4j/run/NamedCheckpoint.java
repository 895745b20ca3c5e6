// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.error.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes back to a checkpoint of a run that is not the newest. */
final class NamedCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(NamedCheckpoint.class);
  private static final String BEST = "best";

  private NamedCheckpoint() {}

  /**
   * Reads it.
   *
   * @param named a path, or a path in the run's folder
   */
  static Checkpoint read(RunFolder folder, Path named) {
    Path within = folder.path().resolve(named);
    return CheckpointFile.read(!Files.exists(named) && Files.exists(within) ? within : named);
  }

  /**
   * Makes it the newest one of its run. What the run did after it is set aside, not deleted; the
   * best one as well, if it is of a later step.
   *
   * @return the checkpoint, without what it remembers of a best one that is no longer there
   */
  static Checkpoint makeNewest(CheckpointFolder checkpoints, Checkpoint named) {
    boolean keepsBest = hasBestUpTo(checkpoints, named.step());
    JsonObject state = named.state();
    boolean isBest =
        state.get(BEST) instanceof JsonObject best
            && new JsonPrimitive(named.step()).equals(best.get("step"));
    Checkpoint start = named;
    if (!keepsBest && !isBest) {
      state.remove(BEST);
      state.addProperty("evaluationsSinceBest", 0);
      start = named.withState(state);
    }
    // First what is needed: whenever this ends, there is a checkpoint to go on from.
    checkpoints.save(start);
    List<Path> aside = checkpoints.setAside(start.step(), !keepsBest);
    if (!keepsBest && isBest) {
      checkpoints.saveBest(start);
    }
    if (!aside.isEmpty()) {
      LOG.warn(
          "Checkpoints after step {} are set aside, in {}: {}",
          start.step(),
          aside.get(0).getParent(),
          String.join(", ", aside.stream().map(f -> f.getFileName().toString()).toList()));
    }
    return start;
  }

  private static boolean hasBestUpTo(CheckpointFolder checkpoints, long step) {
    try {
      return checkpoints.best().filter(best -> best.step() <= step).isPresent();
    } catch (UserError e) {
      return false; // damaged
    }
  }
}
