// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.predict.VersionStatus.State;
import org.jspecify.annotations.Nullable;

/**
 * Models ready for calls, by name, each with the versions that its folder holds.
 *
 * <pre>{@code
 * try (ServedModels models = ServedModels.open(Path.of("export/models"), ServingSettings.DEFAULT);
 *     Lease lease = models.lease("digits", null, null)) {
 *   Map<String, NpyArray> answer = lease.servable().predict(Map.of("image", image));
 * }
 * }</pre>
 */
public final class ServedModels implements AutoCloseable {
  private final Map<String, Predictor> models = new LinkedHashMap<>();
  private final Map<String, Path> folders = new LinkedHashMap<>();
  private final Map<String, Map<String, Long>> labels = new LinkedHashMap<>();

  private ServedModels() {}

  /**
   * Loads what a folder holds.
   *
   * @param folder of a model with its versions, of several such, or of one version
   * @throws UserError if there is no model in it, or none of a model's versions can be loaded
   */
  public static ServedModels open(Path folder, ServingSettings settings) {
    ServedModels served = new ServedModels();
    if (Files.exists(folder.resolve(ModelFiles.MODEL))) {
      served.add(name(folder), folder, settings);
      return served;
    }
    Map<Long, Path> versions = versions(folder);
    if (!versions.isEmpty()) {
      served.add(
          folder.toAbsolutePath().normalize().getFileName().toString(),
          versions.values().iterator().next(),
          settings);
      return served;
    }
    for (Path base : list(folder)) {
      Map<Long, Path> of = Files.isDirectory(base) ? versions(base) : Map.of();
      if (!of.isEmpty()) {
        served.add(base.getFileName().toString(), of.values().iterator().next(), settings);
      }
    }
    if (served.models.isEmpty()) {
      throw UserError.in(folder)
          .what("holds no model")
          .expected("a folder of versions (1, 2, ...), or of several models")
          .build();
    }
    return served;
  }

  private void add(String name, Path folder, ServingSettings settings) {
    models.put(name, Predictor.open(folder, settings.trust()));
    folders.put(name, folder);
  }

  private static String name(Path folder) {
    if (Manifest.isIn(folder)) {
      return Manifest.read(folder).model();
    }
    Path full = folder.toAbsolutePath().normalize();
    return full.getFileName().toString().matches("[0-9]{1,18}") && full.getNameCount() > 1
        ? full.getParent().getFileName().toString()
        : full.getFileName().toString();
  }

  private static Map<Long, Path> versions(Path base) {
    Map<Long, Path> newestFirst = new LinkedHashMap<>();
    list(base).stream()
        .filter(child -> child.getFileName().toString().matches("[0-9]{1,18}"))
        .sorted(
            (a, b) ->
                Long.compare(
                    Long.parseLong(b.getFileName().toString()),
                    Long.parseLong(a.getFileName().toString())))
        .forEach(child -> newestFirst.put(Long.parseLong(child.getFileName().toString()), child));
    return newestFirst;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw UserError.in(folder).what("cannot be listed").received(e.toString()).cause(e).build();
    }
  }

  /** The models, in alphabetical order. */
  public Set<String> names() {
    return Set.copyOf(models.keySet());
  }

  /**
   * Where the versions of a model stand, the newest first.
   *
   * @throws NoSuchModelException if there is no such model
   */
  public List<VersionStatus> status(String name) {
    return List.of(
        new VersionStatus(
            find(name, null, null).description().version(), State.AVAILABLE, VersionStatus.OK, ""));
  }

  /**
   * Takes a version for calls.
   *
   * @param name of the model
   * @param version its number, or null for the newest or the labelled one
   * @param label or null
   * @throws NoSuchModelException if it is not served
   * @throws IllegalStateException after {@link #close}
   */
  public Lease lease(String name, @Nullable Long version, @Nullable String label) {
    Predictor predictor = find(name, version, label);
    return new Lease(predictor, predictor, folders.getOrDefault(name, Path.of(name)), () -> {});
  }

  private Predictor find(String name, @Nullable Long version, @Nullable String label) {
    Predictor predictor = models.get(name);
    Long wanted = label == null ? version : labels.getOrDefault(name, Map.of()).get(label);
    if (predictor == null
        || (label != null && wanted == null)
        || (wanted != null && wanted != predictor.description().version())) {
      throw new NoSuchModelException(
          name, version, label, "the model '" + name + "' is not served");
    }
    return predictor;
  }

  /**
   * Gives a version a name of its use, {@code stable} or {@code canary} for example.
   *
   * @throws NoSuchModelException if the version does not take calls
   */
  public void setLabel(String name, String label, long version) {
    find(name, version, null);
    labels.computeIfAbsent(name, key -> new LinkedHashMap<>()).put(label, version);
  }

  /** Whether every model has a version that takes calls. */
  public boolean ready() {
    return !models.isEmpty();
  }

  /** Takes no more calls, waits for the running ones, and closes the models. */
  @Override
  public void close() {
    models.values().forEach(Predictor::close);
  }
}
