package org.hypernet4j.export;

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
}
