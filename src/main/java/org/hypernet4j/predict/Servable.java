// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;
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
   * @throws UserError if there is no such signature or the inputs do not fit
   * @throws IllegalStateException after {@link #close}
   */
  Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs);

  /**
   * As {@link #predict(String, Map)}, for some of the outputs.
   *
   * @param wanted names of outputs
   * @return these, in their order
   */
  default Map<String, NpyArray> predict(
      String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
    Map<String, NpyArray> all = predict(signature, inputs);
    Map<String, NpyArray> some = new LinkedHashMap<>();
    for (String name : wanted) {
      NpyArray array = all.get(name);
      if (array == null) {
        throw UserError.in("the model " + description().name() + ", signature '" + signature + "'")
            .what("there is no output '" + name + "'")
            .expected("one of " + String.join(", ", all.keySet()))
            .received("'" + name + "'")
            .build();
      }
      some.put(name, array);
    }
    return some;
  }

  /** Calls the signature {@link ServingSignature#DEFAULT_KEY}. */
  default Map<String, NpyArray> predict(Map<String, NpyArray> inputs) {
    return predict(ServingSignature.DEFAULT_KEY, inputs);
  }

  /**
   * The signature {@link ServingSignature#DEFAULT_KEY} as a function of records, see {@link
   * TypedPredictor}.
   *
   * @param in a record with a component for each input
   * @param out a record with a component for each output that is wanted
   * @throws UserError if names, types, numbers of axes or sizes do not fit
   */
  default <I extends Record, O extends Record> TypedPredictor<I, O> typed(
      Class<I> in, Class<O> out) {
    return typed(ServingSignature.DEFAULT_KEY, in, out);
  }

  /**
   * As {@link #typed(Class, Class)}, of any signature.
   *
   * @param signature its key
   */
  default <I extends Record, O extends Record> TypedPredictor<I, O> typed(
      String signature, Class<I> in, Class<O> out) {
    return new TypedPredictor<>(this, signature, in, out);
  }

  /** Refuses new calls, waits until the running ones have ended, and frees what it holds. */
  @Override
  void close();
}
