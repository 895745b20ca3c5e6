// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Map;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;

/**
 * What answers calls of a model's signatures, for any number of threads: a {@link Predictor}, or
 * something that stands before one.
 */
public interface Servable extends AutoCloseable {
  /** The model that answers. */
  ModelDescription description();

  /**
   * Calls a signature.
   *
   * @param signature its key
   * @param inputs arrays by the names of the signature, all of them; for models of this library
   *     axis 0 is the batch, equal in all and at least 1
   * @return all outputs by name, in the signature's order
   * @throws org.hypernet4j.error.UserError if there is no such signature or the inputs do not fit
   * @throws IllegalStateException after {@link #close}
   */
  Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs);

  /** Calls the signature {@link ServingSignature#DEFAULT_KEY}. */
  default Map<String, NpyArray> predict(Map<String, NpyArray> inputs) {
    return predict(ServingSignature.DEFAULT_KEY, inputs);
  }

  /** Refuses new calls, waits until the running ones have ended, and frees what it holds. */
  @Override
  void close();
}
