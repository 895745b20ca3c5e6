// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.verify.OutputTensors;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TString;

/** A call with texts among its inputs or outputs, which only tensors hold. */
final class TextCall {
  private TextCall() {}

  /**
   * Calls.
   *
   * @return the outputs that are wanted, in their order
   */
  static List<RecordField.Value> of(
      Predictor predictor, String key, Map<String, RecordField.Value> values, List<String> wanted) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    try {
      values.forEach((name, value) -> inputs.put(name, tensor(name, value)));
      try (OutputTensors answer = predictor.predictTensors(key, inputs, wanted)) {
        List<RecordField.Value> outputs = new ArrayList<>();
        wanted.forEach(name -> outputs.add(value(answer.get(name))));
        return outputs;
      }
    } finally {
      inputs.values().forEach(Tensor::close);
    }
  }

  private static Tensor tensor(String name, RecordField.Value value) {
    Shape shape = Shape.of(value.shape());
    if (value.flat() instanceof String[] texts) {
      Shapes.requireTensor("input '" + name + "'", "the tensor", shape);
      for (int i = 0; i < texts.length; i++) {
        if (texts[i] == null) {
          throw UserError.in("input '" + name + "'")
              .what("a text is missing")
              .expected("a text at every place")
              .received("null at flat index " + i)
              .build();
        }
      }
      return TString.tensorOf(shape, DataBuffers.of(texts, true, false));
    }
    ElementKind kind =
        Objects.requireNonNull(ElementKind.of(value.flat().getClass().getComponentType()));
    return TensorArrays.toTensor(ArrayCall.array(kind, value));
  }

  private static RecordField.Value value(Tensor tensor) {
    if (tensor instanceof TString texts) {
      String[] flat = new String[Math.toIntExact(texts.size())];
      texts.copyTo(DataBuffers.of(flat, false, false));
      return new RecordField.Value(flat, texts.shape().asArray());
    }
    return ArrayCall.value(TensorArrays.toArray(tensor));
  }
}
