// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.VersionStatus.State;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model of a folder of versions, {@code 1}, {@code 2} and so on, of which the newest answers.
 * The folder is looked at again and again: a new version is verified, loaded and warmed up while
 * the old one answers, then takes its place without a failed call. A version that cannot be served
 * is refused, and the old one stays.
 *
 * <pre>{@code
 * try (ServedModel digits =
 *     ServedModel.open(Path.of("export/models/digits"), ServingSettings.DEFAULT)) {
 *   Map<String, NpyArray> answer = digits.predict(Map.of("image", image));
 * }
 * }</pre>
 *
 * <p>What is served stays until there is something better, also when the folder is emptied or
 * removed. A version whose files are changed after it was loaded stays as it was loaded.
 */
public final class ServedModel implements Servable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

  private static final String FOLDER = "folder";
  private static final int LOOKS = 10;

  private final String name;
  private final VersionFolder folder;
  private final ServingSettings settings;
  private final ReentrantLock refreshing = new ReentrantLock();
  private final NavigableMap<Long, ServedVersion> versions =
      new ConcurrentSkipListMap<>(Comparator.reverseOrder());
  private final Set<ServedVersion> leaving = ConcurrentHashMap.newKeySet();
  private final VersionLabels labels;
  private final Notices notices = new Notices(LOG);
  private volatile @Nullable Poller poller;
  private volatile boolean closed;

  /** Where versions are looked for. */
  interface VersionFolder {
    /** The path of each version. */
    Map<Long, Path> versions() throws IOException;
  }

  /** A model that is looked for when {@link #refresh} is called. */
  ServedModel(String name, VersionFolder folder, ServingSettings settings) {
    this.name = name;
    this.folder = folder;
    this.settings = settings;
    labels = new VersionLabels(name);
  }

  /**
   * Loads the newest version, and later ones as they come.
   *
   * @param base the folder of the versions
   * @throws UserError if no version of it can be served
   */
  public static ServedModel open(Path base, ServingSettings settings) {
    Path full = base.toAbsolutePath().normalize();
    Path last = full.getFileName();
    ServedModel model =
        new ServedModel(
            last == null ? "model" : last.toString(), () -> ServedFolders.versions(base), settings);
    try {
      model.refresh();
      model.requireServed(base);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    model.poller = Poller.start("versions of " + model.name, model::refresh, settings.poll());
    return model;
  }

  /** Fails if no version takes calls, with the reason of the newest. */
  void requireServed(Path where) {
    if (isReady()) {
      return;
    }
    String reason =
        status().stream()
            .map(VersionStatus::message)
            .filter(message -> !message.isEmpty())
            .findFirst()
            .orElse(Objects.requireNonNullElse(notices.last(FOLDER), "no version"));
    throw UserError.in(where)
        .what("no version of the model '" + name + "' can be served")
        .received(reason)
        .build();
  }

  /** The name by which it is served: that of the folder. */
  public String name() {
    return name;
  }

  /** Looks at the folder now. Returns when every version is loaded or refused. */
  public void refresh() {
    refreshing.lock();
    try {
      if (!closed) {
        update(folder.versions());
      }
    } catch (IOException e) {
      notices.tell(FOLDER, "The folder of the model '" + name + "' cannot be read: " + e);
    } finally {
      refreshing.unlock();
    }
  }

  private void update(Map<Long, Path> found) {
    List<Long> candidates = VersionChoice.candidates(settings.versions(), found.keySet());
    if (candidates.isEmpty()) {
      notices.tell(FOLDER, "The folder of the model '" + name + "' holds no version to serve");
      return;
    }
    notices.clear(FOLDER);
    announce(candidates, found);
    Set<Long> kept = new HashSet<>();
    for (long number : candidates) {
      if (kept.size() < VersionChoice.most(settings.versions())
          && !closed
          && serves(number, found.getOrDefault(number, Path.of(name)))) {
        kept.add(number);
      }
    }
    for (ServedVersion version : List.copyOf(versions.values())) {
      VersionStatus status = version.status();
      if (!kept.contains(version.number()) && status.state() == State.START) {
        versions.remove(version.number()); // an older one that is not needed
      } else if (!kept.isEmpty() && !kept.contains(version.number()) && version.isAvailable()) {
        LOG.info("Version {} of the model '{}' is replaced", version.number(), name);
        retire(version);
      } else if (status.state() == State.END && !found.containsKey(version.number())) {
        versions.remove(version.number());
      }
    }
  }

  /** The versions that are about to be loaded wait until then. */
  private void announce(List<Long> candidates, Map<Long, Path> found) {
    candidates.stream()
        .limit(VersionChoice.most(settings.versions()))
        .filter(number -> !versions.containsKey(number))
        .forEach(
            number ->
                versions.put(
                    number,
                    new ServedVersion(
                        name, number, found.getOrDefault(number, Path.of(name)), settings)));
  }

  /** Whether a version takes calls, now or already. */
  private boolean serves(long number, Path path) {
    ServedVersion known = versions.get(number);
    if (known != null && known.isAvailable()) {
      if (known.hasOtherFiles()) {
        notices.tell(
            "files " + number,
            "Version %d of the model '%s' was changed or removed after it was loaded, and is served as it was: give changed models a new number"
                .formatted(number, name));
      }
      return true;
    }
    if (known != null && known.isStillRefused(path)) {
      return false;
    }
    if (known == null || known.status().state() != State.START) {
      known = new ServedVersion(name, number, path, settings);
      versions.put(number, known);
    }
    known.load();
    if (!known.isAvailable()) {
      notices.tell(
          "refused " + number,
          "Version %d of the model '%s' is refused: %s"
              .formatted(number, name, known.status().message()));
      return false;
    }
    if (closed) {
      retire(known);
      return false;
    }
    LOG.info("Version {} of the model '{}' takes calls", number, name);
    notices.clear("refused " + number);
    notices.clear("files " + number);
    tellNewest();
    return true;
  }

  private void retire(ServedVersion version) {
    leaving.add(version);
    version.retire();
    leaving.removeIf(each -> each.status().state() == State.END);
    tellNewest();
  }

  private void tellNewest() {
    available().stream().findFirst().ifPresent(newest -> settings.listener().serving(name, newest));
  }

  /** Where the versions stand, the newest first. */
  public List<VersionStatus> status() {
    return versions.values().stream().map(ServedVersion::status).toList();
  }

  /** The versions that take calls, the newest first. */
  public List<Long> available() {
    return versions.values().stream()
        .filter(ServedVersion::isAvailable)
        .map(ServedVersion::number)
        .toList();
  }

  /** Whether a version takes calls. */
  public boolean isReady() {
    return !closed && !available().isEmpty();
  }

  /** What is wrong, in one line each. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!isReady()) {
      problems.add("no version of the model '" + name + "' takes calls");
    }
    for (VersionStatus version : status()) {
      if (!version.errorCode().equals(VersionStatus.OK)) {
        problems.add(
            "version %d of the model '%s': %s"
                .formatted(version.version(), name, version.message()));
      }
    }
    return problems;
  }

  /** Whether versions are served, for probes. */
  public Health health() {
    Poller polling = poller;
    return new Health(!closed && (polling == null || polling.isAlive()), isReady(), problems());
  }

  /**
   * Takes a version for calls.
   *
   * @param version its number, or null for the newest or the labelled one
   * @param label or null
   * @throws NoSuchModelException if it does not take calls
   * @throws IllegalStateException after {@link #close}
   */
  public Lease lease(@Nullable Long version, @Nullable String label) {
    if (closed) {
      throw new IllegalStateException("the model '" + name + "' is closed");
    }
    Long wanted = labels.wanted(version, label);
    // while a version takes the place of another, one look may see neither
    for (int look = 0; look < LOOKS; look++) {
      for (ServedVersion each : versions.values()) {
        Lease lease = wanted == null || each.number() == wanted ? each.lease() : null;
        if (lease != null) {
          return lease;
        }
      }
    }
    if (closed) {
      throw new IllegalStateException("the model '" + name + "' is closed");
    }
    throw new NoSuchModelException(
        name,
        version,
        label,
        "%s of the model '%s' does not take calls; versions that do: %s"
            .formatted(
                wanted == null ? "a version" : "version " + wanted,
                name,
                available().isEmpty()
                    ? "none"
                    : available().stream().map(String::valueOf).collect(Collectors.joining(", "))));
  }

  /**
   * Gives a version a name of its use, {@code stable} or {@code canary} for example. It follows no
   * newer version: set it again.
   *
   * @throws NoSuchModelException if the version does not take calls
   */
  public void setLabel(String label, long version) {
    if (!available().contains(version)) {
      lease(version, null).close();
    }
    labels.set(label, version);
  }

  /** The labels and their versions. */
  public Map<String, Long> labels() {
    return labels.all();
  }

  /** That of the newest version. */
  @Override
  public ModelDescription description() {
    try (Lease lease = lease(null, null)) {
      return lease.servable().description();
    }
  }

  /** {@inheritDoc} The newest version answers. */
  @Override
  public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
    try (Lease lease = lease(null, null)) {
      return lease.servable().predict(signature, inputs);
    }
  }

  /**
   * Takes no more calls, waits until the leases are closed, as long as {@link
   * ServingSettings#drain} says, and closes the versions.
   */
  @Override
  public void close() {
    close(System.nanoTime() + settings.drain().toNanos());
  }

  /** Takes no more leases and loads nothing more. */
  void refuse() {
    closed = true;
  }

  void close(long deadline) {
    refuse();
    Poller polling = poller;
    if (polling != null) {
      polling.close();
    }
    refreshing.lock(); // what is being loaded is loaded first
    try {
      versions.values().forEach(this::retire);
      versions.values().forEach(version -> version.awaitEnd(deadline));
      leaving.forEach(version -> version.awaitEnd(deadline));
    } finally {
      refreshing.unlock();
    }
  }
}
