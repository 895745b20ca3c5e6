// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Paths inside a version folder, relative to it. */
public final class ModelFiles {
  public static final String MODEL = "saved_model.pb";
  public static final String VARIABLES = "variables";
  public static final String VARIABLES_PREFIX = "variables/variables";
  public static final String VARIABLES_INDEX = VARIABLES_PREFIX + ".index";
  public static final String VARIABLES_DATA = VARIABLES_PREFIX + ".data-00000-of-00001";
  public static final String EXTRA = "assets.extra";
  public static final String WARM_UP = "assets.extra/tf_serving_warmup_requests";
  public static final String BATCHING = "assets.extra/batching.config";
  public static final String MODELS = "assets.extra/models.config";
  public static final String README = "assets.extra/README.md";
  public static final String CARD = "assets.extra/MODEL_CARD.md";
  public static final String REQUESTS = "assets.extra/requests";

  /** Files next to every model. */
  static final Set<String> BESIDE =
      Set.of(
          Manifest.PATH,
          ReferenceFiles.INDEX,
          ReferenceFiles.ARRAYS,
          WARM_UP,
          BATCHING,
          MODELS,
          README,
          CARD,
          REQUESTS);

  private ModelFiles() {}

  /** All files in the folder and below it, in the order of their paths. */
  public static List<Path> all(Path modelFolder) throws IOException {
    try (Stream<Path> paths = Files.walk(modelFolder)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The path inside a model's folder as manifests write it. */
  public static String name(Path modelFolder, Path file) {
    return modelFolder.relativize(file).toString().replace(File.separatorChar, '/');
  }

  /** The error for a missing file. */
  public static String missing(String name) {
    return name
        + " is not there"
        + (name.equals(VARIABLES_INDEX) ? ": loaders go on without it and restore nothing" : "");
  }

  /** Size of the files that a server reads: graph and variables, without the files next to them. */
  public static long servedBytes(Path modelFolder) throws IOException {
    long bytes = 0;
    for (String file : List.of(MODEL, VARIABLES_INDEX, VARIABLES_DATA)) {
      bytes += Files.size(modelFolder.resolve(file));
    }
    return bytes;
  }
}
