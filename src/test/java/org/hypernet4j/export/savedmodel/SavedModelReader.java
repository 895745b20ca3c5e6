// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.interop.ModelReader;
import org.hypernet4j.interop.ReaderLoop;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.TensorFlow;

/** The TensorFlow of the tests as one reader more: with it the check itself is tested. */
public final class SavedModelReader implements ModelReader {
  public static void main(String[] args) throws IOException {
    ReaderLoop.answer(new SavedModelReader());
  }

  @Override
  public String runtime() {
    return "TensorFlow " + TensorFlow.version();
  }

  @Override
  public Map<String, NpyArray> call(Path model, String signature, Map<String, NpyArray> inputs) {
    try (LoadedModel loaded = LoadedModel.open(model)) {
      return loaded.call(signature, inputs);
    }
  }
}
