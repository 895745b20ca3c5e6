package org.hypernet4j.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Paths inside a version folder, relative to it. */
final class ModelFiles {
  static final String MODEL = "saved_model.pb";
  static final String VARIABLES = "variables";
  static final String VARIABLES_PREFIX = "variables/variables";
  static final String VARIABLES_INDEX = VARIABLES_PREFIX + ".index";
  static final String VARIABLES_DATA = VARIABLES_PREFIX + ".data-00000-of-00001";
  static final String EXTRA = "assets.extra";

  /** The files whose digests are in the manifest. */
  static final List<String> DIGESTED =
      List.of(MODEL, VARIABLES_INDEX, VARIABLES_DATA, ReferenceFiles.INDEX, ReferenceFiles.ARRAYS);

  private ModelFiles() {}

  /** Size of what a server reads: the graph and the variables, not what lies beside them. */
  static long servedBytes(Path modelFolder) throws IOException {
    long bytes = 0;
    for (String file : List.of(MODEL, VARIABLES_INDEX, VARIABLES_DATA)) {
      bytes += Files.size(modelFolder.resolve(file));
    }
    return bytes;
  }
}
