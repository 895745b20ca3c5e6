// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.ServingListener.Outcome;

/** Tells a listener of every call. */
final class MeasuredServable implements Servable {
  private final Servable servable;
  private final ServingListener listener;

  MeasuredServable(Servable servable, ServingListener listener) {
    this.servable = servable;
    this.listener = listener;
  }

  @Override
  public ModelDescription description() {
    return servable.description();
  }

  @Override
  public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
    return measured(signature, () -> servable.predict(signature, inputs));
  }

  @Override
  public Map<String, NpyArray> predict(
      String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
    return measured(signature, () -> servable.predict(signature, inputs, wanted));
  }

  private Map<String, NpyArray> measured(String signature, Supplier<Map<String, NpyArray>> call) {
    long start = System.nanoTime();
    Outcome outcome = Outcome.ERROR;
    try {
      Map<String, NpyArray> answer = call.get();
      outcome = Outcome.OK;
      return answer;
    } catch (UserError e) {
      outcome = Outcome.BAD_INPUT;
      throw e;
    } catch (OverloadedException e) {
      outcome = Outcome.OVERLOADED;
      throw e;
    } finally {
      listener.called(description(), signature, outcome, System.nanoTime() - start);
    }
  }

  @Override
  public void close() {
    servable.close();
  }
}
