// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.SessionOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locked folder of a run that is about to begin or to go on.
 *
 * @param folder the folder
 * @param specification the one in force
 * @param lock keeps other trainings out of it
 * @param start the checkpoint to go on from, or null to begin with step 0
 * @param continuation a line on how a run with a changed length continues, or null
 */
public record PreparedRun(
    RunFolder folder,
    ExperimentSpec specification,
    RunLock lock,
    @Nullable Checkpoint start,
    @Nullable String continuation) {
  /** The key of {@link #session} in a checkpoint's state. */
  static final String SESSION = "session";

  private static final String COMPILED = "compiled";

  private static final Logger LOG = LoggerFactory.getLogger(PreparedRun.class);

  /**
   * Creates the folder, or finds the one to go on with and compares it with the given settings.
   *
   * <p>The length of a run that goes on may be changed; its folder's specification then has the new
   * one.
   *
   * @throws UserError if there is none, another training runs in it, or it was made with other
   *     settings or data
   */
  static PreparedRun of(
      ModelFamily family,
      ExperimentSpec spec,
      String fingerprint,
      long stepsPerEpoch,
      TrainOptions options) {
    return options.resume()
        ? resume(family, spec, fingerprint, stepsPerEpoch, options)
        : begin(spec, options);
  }

  private static PreparedRun begin(ExperimentSpec spec, TrainOptions options) {
    Path own = options.run();
    if (own == null) {
      RunFolder next = RunFolder.next(options.runs(), spec);
      return new PreparedRun(next, spec, RunLock.take(next.path()), null, null);
    }
    // The lock first: of two trainings that begin in one folder only one may write its
    // specification.
    RunFolder.makeFolder(own);
    RunLock lock = RunLock.take(own);
    boolean complete = false;
    try {
      PreparedRun run = new PreparedRun(RunFolder.create(own, spec), spec, lock, null, null);
      complete = true;
      return run;
    } finally {
      if (!complete) {
        lock.close();
      }
    }
  }

  /**
   * The run that {@link TrainOptions#resume} refers to.
   *
   * @throws UserError if there is none
   */
  public static RunFolder toResume(ExperimentSpec spec, TrainOptions options) {
    Path own = options.run();
    return own != null
        ? RunFolder.existing(own)
        : RunFolder.latest(options.runs(), spec.name())
            .orElseThrow(
                () ->
                    UserError.in(Setting.of("resume"))
                        .what("there is no run of '" + spec.name() + "' to go on with")
                        .expected("a folder below " + options.runs().resolve(spec.name()))
                        .next("leave " + Setting.of("resume") + " out to start one")
                        .build());
  }

  private static PreparedRun resume(
      ModelFamily family,
      ExperimentSpec given,
      String fingerprint,
      long stepsPerEpoch,
      TrainOptions options) {
    RunFolder folder = toResume(given, options);
    RunLock lock = RunLock.take(folder.path());
    boolean complete = false;
    try {
      ExperimentSpec stored = folder.specification();
      requireSame(folder, stored, given);
      ExperimentSpec spec = TrainingLength.resumed(stored, given);
      CheckpointFolder checkpoints = folder.checkpoints(spec.training().checkpoints().keep());
      Path named = options.from();
      String name = named == null ? "newest checkpoint" : "checkpoint " + named;
      Checkpoint start =
          named == null ? checkpoints.latest().orElse(null) : NamedCheckpoint.read(folder, named);
      if (start == null) {
        LOG.warn("{} has no checkpoint yet, beginning with its first step", folder.path());
      } else {
        // read as a specification: keys that are newer than the checkpoint have their defaults
        String where = "specification in the checkpoint of " + folder.path();
        requireSame(
            folder, SpecReader.read(ExperimentSpec.class, start.specification(), where), spec);
        BoundCheckpoint.require(folder, spec, start, name);
        requireSameData(family, folder, start, fingerprint);
        TrainingLength.requireReaches(folder, spec.training(), stepsPerEpoch, start, name);
        compareSessions(start, spec, options.session());
        if (named != null) {
          start = NamedCheckpoint.makeNewest(checkpoints, start);
        }
      }
      folder.become(spec);
      complete = true;
      return new PreparedRun(
          folder,
          spec,
          lock,
          start,
          TrainingLength.describe(
              stored.training(), spec.training(), stepsPerEpoch, start == null ? 0 : start.step()));
    } finally {
      if (!complete) {
        lock.close();
      }
    }
  }

  private static void requireSame(RunFolder folder, ExperimentSpec stored, ExperimentSpec spec) {
    Optional<SpecDifference> difference = TrainingLength.differenceBeside(stored, spec);
    if (difference.isPresent()) {
      SpecDifference first = difference.orElseThrow();
      throw UserError.in(folder.path())
          .what("the run was made with another specification")
          .expected(first.path() + " = " + first.stored())
          .received(first.given())
          .next(
              "resume with the same file and the same "
                  + Setting.of("override")
                  + " and "
                  + Setting.of("data")
                  + ", or start a new run")
          .build();
    }
  }

  private static void requireSameData(
      ModelFamily family, RunFolder folder, Checkpoint start, String fingerprint) {
    if (!start.dataFingerprint().equals(fingerprint)) {
      throw UserError.in(folder.path())
          .what("the run was made with other data")
          .expected("data with fingerprint " + start.dataFingerprint().substring(0, 12))
          .received(fingerprint.substring(0, 12))
          .next("resume with the same " + Setting.of("data") + ", or " + family.onOtherData(folder))
          .build();
    }
  }

  /**
   * What affects the last bit of a result besides the model and the data, for a checkpoint: {@link
   * SessionOptions#state} and whether XLA compiles whole steps, which {@code auto} decides by the
   * machine.
   */
  static JsonObject session(ExperimentSpec spec, SessionOptions options) {
    JsonObject session = options.state();
    session.addProperty(COMPILED, SpecOptimizers.steps(spec, options).compiled());
    return session;
  }

  /**
   * The differences between the session that wrote a checkpoint and one of now.
   *
   * @param then {@link #session} at that time; without {@code compiled} if it is older than that
   */
  static List<String> differences(JsonObject then, ExperimentSpec spec, SessionOptions options) {
    List<String> differences = new ArrayList<>(options.differences(then));
    JsonElement compiled = then.get(COMPILED);
    JsonElement now = session(spec, options).get(COMPILED);
    if (compiled != null && !compiled.equals(now)) {
      differences.add(COMPILED + ": " + compiled + " then, " + now + " now");
    }
    return differences;
  }

  /** Warns only if the user asked for bit-identical results. */
  private static void compareSessions(Checkpoint start, ExperimentSpec spec, SessionOptions now) {
    JsonElement stored = start.state().get(SESSION);
    if (now.deterministic() && stored instanceof JsonObject then) {
      List<String> differences = differences(then, spec, now);
      if (!differences.isEmpty()) {
        LOG.warn(
            "deterministic: the last bits may differ from those of a run that was never stopped"
                + " ({})",
            String.join("; ", differences));
      }
    }
  }
}
