// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;

/** A call of a servable with flat Java arrays, which are not copied on the way. */
final class ArrayCall {
  private ArrayCall() {}

  /**
   * Calls.
   *
   * @return the outputs that are wanted, in their order
   */
  static List<RecordField.Value> of(
      Servable servable,
      String key,
      List<RecordField> fields,
      Map<String, RecordField.Value> values,
      List<String> wanted) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    for (RecordField field : fields) {
      inputs.put(
          field.name(), array(field.kind(), Objects.requireNonNull(values.get(field.name()))));
    }
    Map<String, NpyArray> answer = servable.predict(key, inputs, wanted);
    List<RecordField.Value> outputs = new ArrayList<>();
    for (String name : wanted) {
      outputs.add(value(Objects.requireNonNull(answer.get(name), name)));
    }
    return outputs;
  }

  static NpyArray array(ElementKind kind, RecordField.Value value) {
    return value.flat() instanceof boolean[] truths
        ? NpyArray.of(truths, value.shape())
        : NpyArray.wrap(Objects.requireNonNull(kind.array), value.shape(), value.flat(), "array");
  }

  static RecordField.Value value(NpyArray array) {
    if (array.type() != NpyType.BOOL) {
      return new RecordField.Value(array.data(), array.shape());
    }
    byte[] bytes = (byte[]) array.data();
    boolean[] truths = new boolean[bytes.length];
    for (int i = 0; i < truths.length; i++) {
      truths[i] = bytes[i] != 0;
    }
    return new RecordField.Value(truths, array.shape());
  }
}
