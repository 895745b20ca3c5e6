// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.io.NpyArray;

/** A runtime that reads SavedModels: what is compared with the trained session. */
public interface ModelReader {
  /** Name and version of the runtime, as it says itself. */
  String runtime();

  /**
   * Calls a signature.
   *
   * @param model version folder
   * @param signature key of the signature
   * @param inputs arrays by alias
   * @return all outputs by alias
   * @throws IOException with one line of what the runtime said, if it does not answer
   */
  Map<String, NpyArray> call(Path model, String signature, Map<String, NpyArray> inputs)
      throws IOException;
}
