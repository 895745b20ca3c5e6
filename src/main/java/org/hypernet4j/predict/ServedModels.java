// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models ready for calls, by name, each with the versions that its folder holds: see {@link
 * ServedModel}. New versions, and new models of a folder of several, are found while it serves.
 *
 * <pre>{@code
 * try (ServedModels models = ServedModels.open(Path.of("export/models"), ServingSettings.DEFAULT);
 *     Lease lease = models.lease("digits", null, null)) {
 *   Map<String, NpyArray> answer = lease.servable().predict(Map.of("image", image));
 * }
 * }</pre>
 */
public final class ServedModels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);

  private final Path folder;
  private final ServingSettings settings;
  private final NavigableMap<String, ServedModel> models = new ConcurrentSkipListMap<>();
  private final Notices notices = new Notices(LOG);
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile @Nullable Poller poller;
  private volatile boolean closed;

  private ServedModels(Path folder, ServingSettings settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /**
   * Loads what a folder holds.
   *
   * @param folder of a model with its versions, of several such, or of one version
   * @throws UserError if there is no model in it, or none that can be served; if some can, {@link
   *     #health} tells about the others
   */
  public static ServedModels open(Path folder, ServingSettings settings) {
    ServedModels served = new ServedModels(folder, settings);
    try {
      served.find();
      if (served.models.isEmpty()) {
        throw UserError.in(folder)
            .what("holds no model")
            .expected("a folder of versions (1, 2, ...), of several such, or an exported model")
            .received("no " + folder.resolve("1").resolve("saved_model.pb"))
            .build();
      }
      served.models.values().forEach(ServedModel::refresh);
      if (served.models.values().stream().noneMatch(ServedModel::isReady)) {
        served.models.firstEntry().getValue().requireServed(folder);
      }
    } catch (IOException e) {
      throw UserError.in(folder)
          .what("cannot be listed")
          .expected("a folder of models")
          .received(e.toString())
          .cause(e)
          .build();
    } catch (RuntimeException e) {
      served.close();
      throw e;
    }
    served.poller = Poller.start("versions of models", served::refresh, settings.poll());
    return served;
  }

  private void find() throws IOException {
    ServedFolders.models(folder)
        .forEach(
            (name, versions) ->
                models.computeIfAbsent(name, key -> new ServedModel(key, versions, settings)));
  }

  /** Looks at the folders now. Returns when every version is loaded or refused. */
  public void refresh() {
    refreshing.lock();
    try {
      if (!closed) {
        find();
        models.values().forEach(ServedModel::refresh);
      }
    } catch (IOException e) {
      notices.tell("folder", "The folder " + folder + " cannot be read: " + e);
      models.values().forEach(ServedModel::refresh);
    } finally {
      refreshing.unlock();
    }
  }

  /** The models, in alphabetical order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(new TreeSet<>(models.keySet()));
  }

  /**
   * One of the models.
   *
   * @throws NoSuchModelException if there is no such model
   */
  public ServedModel model(String name) {
    return find(name, null, null);
  }

  /**
   * Where the versions of a model stand, the newest first.
   *
   * @throws NoSuchModelException if there is no such model
   */
  public List<VersionStatus> status(String name) {
    return model(name).status();
  }

  /**
   * Takes a version for calls.
   *
   * @param name of the model
   * @param version its number, or null for the newest or the labelled one
   * @param label or null
   * @throws NoSuchModelException if it does not take calls
   * @throws IllegalStateException after {@link #close}
   */
  public Lease lease(String name, @Nullable Long version, @Nullable String label) {
    return find(name, version, label).lease(version, label);
  }

  private ServedModel find(String name, @Nullable Long version, @Nullable String label) {
    ServedModel model = models.get(name);
    if (model == null) {
      throw new NoSuchModelException(
          name,
          version,
          label,
          "there is no model '" + name + "'; there is " + String.join(", ", models.keySet()));
    }
    return model;
  }

  /**
   * Gives a version a name of its use, {@code stable} or {@code canary} for example.
   *
   * @throws NoSuchModelException if the version does not take calls
   */
  public void setLabel(String name, String label, long version) {
    find(name, version, null).setLabel(label, version);
  }

  /** Whether every model has a version that takes calls. */
  public boolean ready() {
    return !closed && !models.isEmpty() && models.values().stream().allMatch(ServedModel::isReady);
  }

  /** Whether models are served, for probes. */
  public Health health() {
    Poller polling = poller;
    List<String> problems = new ArrayList<>();
    models.values().forEach(model -> problems.addAll(model.problems()));
    return new Health(!closed && (polling == null || polling.isAlive()), ready(), problems);
  }

  /**
   * Takes no more calls, waits until the leases are closed, as long as {@link
   * ServingSettings#drain} says, and closes the models.
   */
  @Override
  public void close() {
    closed = true;
    Poller polling = poller;
    if (polling != null) {
      polling.close();
    }
    long deadline = System.nanoTime() + settings.drain().toNanos();
    models.values().forEach(ServedModel::refuse);
    refreshing.lock(); // a model that is just found is closed too
    try {
      models.values().forEach(model -> model.close(deadline));
    } finally {
      refreshing.unlock();
    }
  }
}
