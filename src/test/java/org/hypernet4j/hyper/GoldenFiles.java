// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.Assumptions;

/**
 * Vectors computed by the public reference codes, in the folder beside the project. A test that
 * needs one is skipped, with the reason, where the folder is missing.
 */
public record GoldenFiles(Map<String, NpyArray> arrays) {
  private static final Path FOLDER = Path.of("..", "shared", "reference", "golden");

  public static GoldenFiles read(String name) {
    Path file = FOLDER.resolve(name + ".npz");
    Assumptions.assumeTrue(
        Files.exists(file), () -> "golden vectors not here: " + file.toAbsolutePath().normalize());
    return new GoldenFiles(Npz.read(file));
  }

  public float[] floats(String key) {
    return Objects.requireNonNull(arrays.get(key), key).floats();
  }

  public double[] doubles(String key) {
    return Objects.requireNonNull(arrays.get(key), key).doubles();
  }

  public long[] shape(String key) {
    return Objects.requireNonNull(arrays.get(key), key).shape();
  }
}
