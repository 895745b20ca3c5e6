// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.picture.EmbeddingMap;
import org.hypernet4j.picture.KernelPicture;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.InferenceSession;

/** Pictures of a trained classifier: its kernels, and its embeddings as points of a plane. */
public final class ClassifierPictures {
  private final InferenceSession<ClassifierGraph> opened;

  ClassifierPictures(InferenceSession<ClassifierGraph> opened) {
    this.opened = opened;
  }

  /**
   * Draws every kernel as a grid of tiles (paper, Fig 2).
   *
   * @return the files, by kernel
   */
  public Map<String, Path> drawKernels(Path folder) {
    Map<String, Path> files = new LinkedHashMap<>();
    opened
        .model()
        .model()
        .kernels()
        .forEach(
            (name, kernel) -> {
              Path file = folder.resolve(name.replace('/', '-') + ".png");
              KernelPicture.write(file, name, opened.fetch(kernel), kernel.shape().asArray());
              files.put(name, file);
            });
    return files;
  }

  /**
   * The embeddings of all layers in one plane (principal components), empty with fewer than two of
   * them.
   */
  public Optional<EmbeddingMap> embeddingMap() {
    List<Parameter> z =
        opened.store().model().stream()
            .filter(p -> p.role() == Role.EMBEDDING && p.shape().numDimensions() == 2)
            .toList();
    Map<String, float[]> values = ParameterValues.read(opened.session(), z);
    Map<String, float[][]> rows = new LinkedHashMap<>();
    for (Parameter parameter : z) {
      int size = (int) parameter.shape().get(1);
      float[] flat = Objects.requireNonNull(values.get(parameter.name()));
      float[][] own = new float[(int) parameter.shape().get(0)][];
      for (int i = 0; i < own.length; i++) {
        own[i] = Arrays.copyOfRange(flat, i * size, (i + 1) * size);
      }
      // embeddings/conv2/block0/conv1/z: the layer stands between the scope and the z
      String name = parameter.name();
      rows.put(name.substring(name.indexOf('/') + 1, name.lastIndexOf('/')), own);
    }
    int count = rows.values().stream().mapToInt(own -> own.length).sum();
    return count < 2 ? Optional.empty() : Optional.of(EmbeddingMap.of(rows));
  }

  /** Draws kernels and embeddings into a folder. */
  Drawing draw(String name, Path folder) {
    Path kernels = made(folder.resolve("kernels"));
    List<Path> files = new ArrayList<>(drawKernels(kernels).values());
    List<String> lines = new ArrayList<>();
    lines.add(files.size() + " kernels in " + kernels);
    EmbeddingMap map = embeddingMap().orElse(null);
    if (map == null) {
      lines.add("no map of embeddings: this model has fewer than two");
      return new Drawing(lines, new JsonObject(), files);
    }
    Path picture = folder.resolve("embeddings.png");
    Path table = folder.resolve("embeddings.csv");
    AtomicFiles.writeString(table, map.csv());
    lines.add(
        String.format(
            Locale.ROOT,
            "map of %,d embeddings of %d layers in %s and %s",
            map.points().values().stream().mapToInt(List::size).sum(),
            map.points().size(),
            picture,
            table));
    files.add(picture);
    files.add(table);
    ChartPicture.writePng(picture, map.chart("Embeddings of " + name + ", by layer"));
    return new Drawing(lines, new JsonObject(), files);
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
