// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.hypernet4j.io.Npz;

/**
 * Omniglot: handwritten characters of 50 alphabets, drawn online (Lake, Salakhutdinov, Tenenbaum,
 * "Human-level concept learning through probabilistic program induction", Science 350, 2015), as
 * sketch-rnn-datasets cuts it into 30,000 / 1,000 / 1,000 drawings.
 */
public final class Omniglot {
  private static final String NAME = "omniglot";
  private static final String SAMPLE = "omniglot/omniglot-sample.flat.npz";

  private Omniglot() {}

  /**
   * Reads the user's copy.
   *
   * @param path {@code omniglot.flat.npz}, or the folder that holds it
   * @throws org.hypernet4j.error.UserError as {@link FlatDrawings#read(Path)}
   */
  public static DrawingSplits read(Path path) {
    return FlatDrawings.read(path, NAME);
  }

  /** The sample inside this library; its README says how it was cut. */
  public static DrawingSplits builtin() {
    try (InputStream in = Omniglot.class.getResourceAsStream(SAMPLE)) {
      if (in == null) {
        throw new IOException("this build of the library lacks the resource " + SAMPLE);
      }
      return FlatDrawings.of(Npz.readFrom(in, "built-in " + SAMPLE), "built-in " + SAMPLE);
    } catch (IOException e) {
      throw new UncheckedIOException("the built-in Omniglot sample cannot be read", e);
    }
  }
}
