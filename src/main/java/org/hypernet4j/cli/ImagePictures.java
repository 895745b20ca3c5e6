package org.hypernet4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hypernet4j.experiment.EmbeddingMap;
import org.hypernet4j.experiment.ImageRun;
import org.hypernet4j.experiment.TrainedClassifier;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.io.PngFile;

/** What {@code visualise} draws of a classifier: its kernels, and where its embeddings lie. */
final class ImagePictures {
  private ImagePictures() {}

  /**
   * Draws the best model of a run.
   *
   * @return the files
   */
  static List<Path> draw(ImageRun run, Path folder, Report report) {
    List<Path> files = new ArrayList<>();
    Optional<EmbeddingMap> map;
    try (TrainedClassifier best = run.best()) {
      files.addAll(best.drawKernels(made(folder.resolve("kernels"))).values());
      map = best.embeddingMap();
    }
    report.say("%d kernels in %s", files.size(), folder.resolve("kernels"));
    if (map.isEmpty()) {
      report.say("no map of embeddings: this model has fewer than two");
      return files;
    }
    String name = run.specification().name();
    Path picture = folder.resolve("embeddings.png");
    PngFile.write(picture, EmbeddingChart.draw("embeddings of " + name + ", by layer", map.get()));
    Path table = folder.resolve("embeddings.csv");
    AtomicFiles.writeString(table, map.get().csv());
    int points = map.get().points().values().stream().mapToInt(List::size).sum();
    report.say(
        "map of %,d embeddings of %d layers in %s and %s",
        points, map.get().points().size(), picture, table);
    files.add(picture);
    files.add(table);
    return files;
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
