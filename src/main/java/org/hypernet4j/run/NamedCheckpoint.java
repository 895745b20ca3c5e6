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
   * Reads the checkpoint.
   *
   * @param named a path, or a path in the run's folder
   */
  static Checkpoint read(RunFolder folder, Path named) {
    Path within = folder.path().resolve(named);
    return CheckpointFile.read(!Files.exists(named) && Files.exists(within) ? within : named);
  }

  /**
   * Makes a checkpoint the newest of its run. Later checkpoints are set aside, not deleted; so is
   * the best one if it is of a later step.
   *
   * @return the checkpoint, without its record of a best one that is no longer there
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
    // Saved first: if the process ends here, there is a checkpoint to go on from.
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
