// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** The outputs of a call by name. They are in TensorFlow's memory until this is closed. */
public final class OutputTensors implements AutoCloseable {
  private final Result result;
  private final Map<String, Tensor> tensors;

  OutputTensors(Result result, Map<String, Tensor> tensors) {
    this.result = result;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /** The names, in the signature's order. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /**
   * An output, which is closed with this.
   *
   * @throws UserError if there is none of this name
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw UserError.in("outputs")
          .what("there is no output '" + name + "'")
          .expected("one of " + String.join(", ", tensors.keySet()))
          .received("'" + name + "'")
          .build();
    }
    return tensor;
  }

  @Override
  public void close() {
    result.close();
  }
}
