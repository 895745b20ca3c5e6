// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to call one version of a model, which is not closed before the lease is. Take one for
 * each request, close it soon: a version that a newer one has replaced stays in memory until then.
 */
public final class Lease implements AutoCloseable {
  private final Servable servable;
  private final Predictor predictor;
  private final Path folder;
  private final Runnable release;
  private final AtomicBoolean released = new AtomicBoolean();

  Lease(Servable servable, Predictor predictor, Path folder, Runnable release) {
    this.servable = servable;
    this.predictor = predictor;
    this.folder = folder;
    this.release = release;
  }

  /** Takes calls: with micro-batching and metrics, if they are on. Do not close it. */
  public Servable servable() {
    return servable;
  }

  /** The model itself, for calls by tensors. Do not close it. */
  public Predictor predictor() {
    return predictor;
  }

  /** Where the version was read from. */
  public Path folder() {
    return folder;
  }

  /** The version's number. */
  public long version() {
    return servable.description().version();
  }

  /** Gives it back; again does nothing. */
  @Override
  public void close() {
    if (!released.getAndSet(true)) {
      release.run();
    }
  }
}
