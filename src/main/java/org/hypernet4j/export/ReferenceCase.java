// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Fetches;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Inputs of a signature and the outputs that the trained session gave for them: what every reader
 * of the exported model must reproduce.
 *
 * @param signature key of the signature
 * @param inputs arrays by alias, all of them; axis 0 is the batch
 * @param outputs arrays by alias, all of them; axis 0 is the batch
 */
public record ReferenceCase(
    String signature, Map<String, NpyArray> inputs, Map<String, NpyArray> outputs) {
  /** Keeps the order of the maps. */
  public ReferenceCase {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /**
   * Runs a signature's ops in the session that was trained and keeps what comes out.
   *
   * @param session of the graph in which the signature's tensors are
   * @param signature its tensors in that graph
   * @param inputs arrays by alias
   * @throws UserError if the inputs do not fit the signature
   */
  public static ReferenceCase record(
      Session session, ServingSignature signature, Map<String, NpyArray> inputs) {
    String where = "reference case of signature '" + signature.key() + "'";
    requireFit(where, "input", inputs, signature.inputs());
    List<Tensor> feeds = new ArrayList<>();
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    try {
      Session.Runner runner = session.runner();
      signature
          .inputs()
          .forEach(
              (alias, operand) -> {
                Tensor tensor = TensorArrays.toTensor(get(inputs, alias));
                feeds.add(tensor);
                runner.feed(operand.asOutput(), tensor);
              });
      Fetches fetches = new Fetches(signature.outputs().values());
      try (Result result = fetches.into(runner).run()) {
        int i = 0;
        for (String alias : signature.outputs().keySet()) {
          outputs.put(alias, TensorArrays.toArray(fetches.get(result, i++)));
        }
      }
    } finally {
      feeds.forEach(Tensor::close);
    }
    return new ReferenceCase(signature.key(), inputs, outputs);
  }

  /**
   * Checks that this case is one of the given signature: the same names, types and shapes, and one
   * batch size everywhere.
   */
  public void requireFit(ServingSignature target) {
    String where = "reference case of signature '" + signature + "'";
    requireFit(where, "input", inputs, target.inputs());
    requireFit(where, "output", outputs, target.outputs());
    long batch = inputs.values().iterator().next().shape()[0];
    Map<String, NpyArray> all = new LinkedHashMap<>(inputs);
    all.putAll(outputs);
    all.forEach(
        (alias, array) -> {
          if (array.shape()[0] != batch) {
            throw UserError.in(where)
                .what("'" + alias + "' has another batch size than the first input")
                .expected(batch)
                .received(Shapes.describe(array.shape()))
                .next("make axis 0 of every input and output the batch")
                .build();
          }
        });
  }

  private static void requireFit(
      String where,
      String what,
      Map<String, NpyArray> arrays,
      Map<String, ? extends Operand<?>> operands) {
    if (!arrays.keySet().equals(operands.keySet())) {
      throw UserError.in(where)
          .what(what + "s do not have the signature's names")
          .expected(operands.keySet())
          .received(arrays.keySet())
          .build();
    }
    operands.forEach(
        (alias, operand) -> {
          NpyArray array = get(arrays, alias);
          NpyType type = TensorArrays.typeOf(operand.asOutput().dataType());
          if (array.type() != type) {
            throw UserError.in(where)
                .what(what + " '" + alias + "' has the wrong type")
                .expected(type == null ? operand.asOutput().dataType() : type.numpyName())
                .received(array.type().numpyName())
                .build();
          }
          Shapes.require(where, what + " '" + alias + "'", operand.shape(), array.shape());
        });
  }

  private static NpyArray get(Map<String, NpyArray> arrays, String alias) {
    NpyArray array = arrays.get(alias);
    if (array == null) {
      throw new IllegalArgumentException("no array for '" + alias + "'");
    }
    return array;
  }
}
