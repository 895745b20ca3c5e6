// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.verify.Verifier;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.VersionStatus.State;
import org.jspecify.annotations.Nullable;

/** One version of a served model, from the folder to the end. */
final class ServedVersion {
  private static final String NO_MODEL = "no model";
  private static final int DEPTH = 8;
  private static final int MOST_FILES = 10_000;

  private final String model;
  private final long number;
  private final Path folder;
  private final ServingSettings settings;

  private State state = State.START;
  private String errorCode = VersionStatus.OK;
  private String message = "";
  private volatile String files = "";
  private @Nullable Loaded loaded;
  private int leases;

  /** What is closed at the end: the servable closes the predictor. */
  private record Loaded(Predictor predictor, Servable servable) {}

  /** The predictor under the name and number by which it is served. */
  private record Numbered(Predictor predictor, ModelDescription description) implements Servable {
    @Override
    public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
      return predictor.predict(signature, inputs);
    }

    @Override
    public Map<String, NpyArray> predict(
        String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
      return predictor.predict(signature, inputs, wanted);
    }

    @Override
    public void close() {
      predictor.close();
    }
  }

  /** What a lease gives away: closing it is not the caller's. */
  private record Leased(Servable servable) implements Servable {
    @Override
    public ModelDescription description() {
      return servable.description();
    }

    @Override
    public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
      return servable.predict(signature, inputs);
    }

    @Override
    public Map<String, NpyArray> predict(
        String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
      return servable.predict(signature, inputs, wanted);
    }

    @Override
    public void close() {
      // the version closes it
    }
  }

  ServedVersion(String model, long number, Path folder, ServingSettings settings) {
    this.model = model;
    this.number = number;
    this.folder = folder;
    this.settings = settings;
  }

  long number() {
    return number;
  }

  synchronized VersionStatus status() {
    return new VersionStatus(number, state, errorCode, message);
  }

  synchronized boolean isAvailable() {
    return state == State.AVAILABLE;
  }

  /** Whether it was refused and its files are as they were then. */
  boolean isStillRefused(Path now) {
    VersionStatus status = status();
    return status.state() == State.END
        && !status.errorCode().equals(VersionStatus.OK)
        && files.equals(filesOf(now));
  }

  /** Whether its files are others than those that were loaded. */
  boolean hasOtherFiles() {
    return !files.equals(filesOf(folder));
  }

  /**
   * Verifies, loads and warms up the model, so that it takes calls, or says why not in its status.
   */
  void load() {
    ReloadEvent event = new ReloadEvent();
    event.begin();
    final long start = System.nanoTime();
    synchronized (this) {
      state = State.LOADING;
    }
    files = filesOf(folder);
    try {
      accept(open());
    } catch (UserError e) {
      refuse(Files.isDirectory(folder) ? "FAILED_PRECONDITION" : "NOT_FOUND", e.getMessage());
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      refuse("INTERNAL", "the version cannot be loaded: " + e);
    }
    VersionStatus now = status();
    boolean accepted = now.state() == State.AVAILABLE;
    settings.listener().loaded(model, number, accepted, System.nanoTime() - start);
    event.end();
    if (event.shouldCommit()) {
      event.model = model;
      event.version = number;
      event.accepted = accepted;
      event.error = now.message();
      event.commit();
    }
  }

  private Loaded open() {
    if (Manifest.isIn(folder)) {
      VerificationReport report = Verifier.verify(folder, settings.trust());
      if (!report.verified()) {
        throw UserError.in(folder)
            .what("does not pass its verification")
            .received(Fault.summary(report.faults()))
            .next("export the model again")
            .build();
      }
    }
    Predictor predictor = Predictor.open(folder, settings.trust());
    try {
      int unused = predictor.model().warmUp();
      if (hasOtherFiles()) {
        throw UserError.in(folder)
            .what("its files changed while they were read")
            .next("give a folder its number when it is complete, in one rename")
            .build();
      }
      ModelDescription found = predictor.description();
      Servable servable =
          new Numbered(predictor, new ModelDescription(model, number, found.signatures()));
      if (settings.batching() != null) {
        servable = MicroBatcher.of(servable, settings.batching(), settings.listener());
      }
      if (settings.listener() != ServingListener.NONE) {
        servable = new MeasuredServable(servable, settings.listener());
      }
      return new Loaded(predictor, servable);
    } catch (RuntimeException | Error e) {
      predictor.close();
      throw e;
    }
  }

  private synchronized void accept(Loaded opened) {
    loaded = opened;
    state = State.AVAILABLE;
  }

  private synchronized void refuse(String code, @Nullable String why) {
    state = State.END;
    errorCode = code;
    message = Objects.requireNonNullElse(why, code);
  }

  /** A lease, or null if the version takes no calls. */
  synchronized @Nullable Lease lease() {
    Loaded open = loaded;
    if (state != State.AVAILABLE || open == null) {
      return null;
    }
    leases++;
    return new Lease(new Leased(open.servable()), open.predictor(), folder, this::release);
  }

  private void release() {
    synchronized (this) {
      leases--;
      notifyAll();
    }
    closeIfUnused();
  }

  /** Takes no new calls and closes when the running ones have ended. */
  void retire() {
    synchronized (this) {
      if (state == State.AVAILABLE) {
        state = State.UNLOADING;
      }
    }
    closeIfUnused();
  }

  private void closeIfUnused() {
    Servable closing;
    synchronized (this) {
      if (state != State.UNLOADING || leases > 0 || loaded == null) {
        return;
      }
      closing = loaded.servable();
      loaded = null;
    }
    end(closing);
  }

  private void end(Servable closing) {
    closing.close();
    synchronized (this) {
      state = State.END;
      notifyAll();
    }
  }

  /**
   * Waits for the leases of a retired version, and closes it all the same when they take too long.
   *
   * @param deadline of {@link System#nanoTime}
   */
  void awaitEnd(long deadline) {
    Servable closing;
    boolean interrupted = false;
    synchronized (this) {
      long left = deadline - System.nanoTime();
      while ((leases > 0 || isClosing()) && left > 0 && !interrupted) {
        try {
          wait(left / 1_000_000 + 1);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        left = deadline - System.nanoTime();
      }
      closing = loaded == null ? null : loaded.servable();
      loaded = null;
    }
    if (closing != null) {
      end(closing);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether another thread closes it. */
  private synchronized boolean isClosing() {
    return state == State.UNLOADING && loaded == null;
  }

  /** Names, sizes and times of a folder's files, to tell whether they were changed. */
  private static String filesOf(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (!Files.exists(real.resolve(ModelFiles.MODEL))) {
        return NO_MODEL; // and maybe a link to a folder of anything
      }
      StringBuilder text = new StringBuilder(real.toString());
      try (Stream<Path> found = Files.walk(real, DEPTH)) {
        for (Path file : found.limit(MOST_FILES).sorted().toList()) {
          text.append('\n').append(ModelFiles.name(real, file)).append(' ');
          text.append(Files.size(file)).append(' ').append(Files.getLastModifiedTime(file));
        }
      }
      return text.toString();
    } catch (IOException | UncheckedIOException e) {
      return e.getClass().getSimpleName();
    }
  }
}
