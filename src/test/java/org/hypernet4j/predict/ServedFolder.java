// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.hypernet4j.io.NpyArray;

/** Versions of models, published as a server wants them: in one rename. */
final class ServedFolder {
  static final Path FOREIGN = Path.of("src/test/resources/export/foreign");

  private ServedFolder() {}

  /** Copies a model beside the versions, then gives it its number. */
  static Path publish(Path model, Path base, String version) {
    try {
      Path unfinished = base.resolve("tmp-" + version);
      copy(model, unfinished);
      return Files.move(unfinished, base.resolve(version));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.toAbsolutePath().getParent());
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  /** The model {@code keras_export}, as version 1, 2 and so on of the same. */
  static Path publish(Path base, String version) {
    return publish(FOREIGN.resolve("keras_export"), base, version);
  }

  /** What {@code keras_export} gives for [1, 2, 3]: 1 + 6 + 15 + 0.5 and 2 + 8 + 18 - 0.5. */
  static boolean answers(Servable servable) {
    NpyArray answer =
        Objects.requireNonNull(
            servable
                .predict(Map.of("x", NpyArray.of(new float[] {1, 2, 3}, 1, 3)))
                .get("output_0"));
    return answer.equals(NpyArray.of(new float[] {22.5f, 27.5f}, 1, 2));
  }
}
