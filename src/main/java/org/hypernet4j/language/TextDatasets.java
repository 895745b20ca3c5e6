// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import org.hypernet4j.data.PtbText;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextFiles;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.BytesDataSpec;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.PtbDataSpec;
import org.hypernet4j.spec.TextDataSpec;
import org.jspecify.annotations.Nullable;

/** The text that a specification names. */
public final class TextDatasets {
  private TextDatasets() {}

  /**
   * Loads and numbers training, validation and test text.
   *
   * @param path the user's copy of the data, or null for the built-in text
   * @throws UserError if there is no built-in text of this type, or the data are not as they should
   *     be
   */
  public static TextSplits load(DataSpec spec, @Nullable Path path) {
    return TextSplits.of(read(spec, path));
  }

  /** As {@link #load}, before symbols are numbered. */
  static RawText read(DataSpec spec, @Nullable Path path) {
    if (spec instanceof TextDataSpec text) {
      double validation = text.validationShare();
      double test = text.testShare();
      return path == null
          ? TextFiles.shakespeare(validation, test)
          : TextFiles.utf8(path, validation, test);
    } else if (spec instanceof PtbDataSpec) {
      return PtbText.fromFolder(given(path, "the folder of the three ptb.char files"));
    } else if (spec instanceof BytesDataSpec bytes) {
      Path file = given(path, "a file whose bytes are the text, such as enwik8");
      return TextFiles.bytes(file, bytes.first(), bytes.validationShare(), bytes.testShare());
    }
    throw new IllegalArgumentException("Not text: " + spec);
  }

  private static Path given(@Nullable Path path, String expected) {
    if (path == null) {
      throw UserError.in(Setting.of("data"))
          .what("these data are not built in")
          .expected(expected)
          .received("no " + Setting.of("data"))
          .next(
              "add "
                  + Setting.of("data", "PATH")
                  + ", or use a specification whose data.type is 'text'")
          .build();
    }
    return path;
  }
}
