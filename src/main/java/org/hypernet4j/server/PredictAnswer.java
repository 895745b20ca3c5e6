// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** The outputs of a call as JSON, by row or by column. */
final class PredictAnswer {
  private final List<Output> outputs = new ArrayList<>();

  /** An output: flat values that are written one after another. */
  private static final class Output {
    private final String name;
    private final long[] shape;
    private final Writer writer;

    private Output(String name, long[] shape, Writer writer) {
      this.name = name;
      this.shape = shape;
      this.writer = writer;
    }

    private int rows() {
      return Math.toIntExact(shape[0]);
    }
  }

  @FunctionalInterface
  private interface Writer {
    void write(PrettyJson json, int index);
  }

  /** Outputs of numbers, in the order in which they are written. */
  static PredictAnswer ofArrays(Map<String, NpyArray> arrays) {
    PredictAnswer answer = new PredictAnswer();
    arrays.forEach(
        (name, array) -> answer.outputs.add(new Output(name, array.shape(), writer(array))));
    return answer;
  }

  /** Outputs of any type, which need not live longer than this call. */
  static PredictAnswer ofTensors(Map<String, Tensor> tensors) {
    PredictAnswer answer = new PredictAnswer();
    tensors.forEach(
        (name, tensor) ->
            answer.outputs.add(new Output(name, tensor.shape().asArray(), writer(name, tensor))));
    return answer;
  }

  private static Writer writer(String name, Tensor tensor) {
    if (tensor instanceof TString texts) {
      List<byte[]> bytes = new ArrayList<>();
      NdArray<byte[]> values = texts.asBytes();
      if (values.rank() == 0) {
        bytes.add(values.getObject());
      } else {
        values.scalars().forEach(each -> bytes.add(each.getObject()));
      }
      return name.endsWith("_bytes")
          ? (json, i) ->
              json.beginObject()
                  .name("b64")
                  .string(Base64.getEncoder().encodeToString(bytes.get(i)))
                  .end()
          : (json, i) -> json.string(bytes.get(i));
    }
    if (TensorArrays.typeOf(tensor.dataType()) == null) {
      throw unwritable(tensor.dataType());
    }
    return writer(TensorArrays.toArray(tensor));
  }

  private static Writer writer(NpyArray array) {
    switch (array.type()) {
      case F4 -> {
        float[] values = array.floats();
        return (json, i) -> json.raw(Decimals.of(values[i]));
      }
      case F8 -> {
        double[] values = array.doubles();
        return (json, i) -> json.raw(Decimals.of(values[i]));
      }
      case BOOL -> {
        byte[] values = array.bytes();
        return (json, i) -> json.raw(values[i] != 0 ? "true" : "false");
      }
      default -> {
        long[] values = array.longs();
        return (json, i) -> json.raw(Long.toString(values[i]));
      }
    }
  }

  static RestError unwritable(DataType type) {
    return RestError.invalid("Failed to write JSON value for tensor type: " + Values.name(type));
  }

  /**
   * The text.
   *
   * @throws RestError if the outputs cannot be split into rows
   */
  byte[] write(boolean rows) {
    if (outputs.isEmpty()) {
      throw RestError.invalid("Cannot convert empty tensor map to JSON");
    }
    return rows ? rows() : columns();
  }

  private byte[] rows() {
    int batch = -1;
    for (Output output : outputs) {
      if (output.shape.length == 0) {
        throw RestError.invalid("Tensor name: " + output.name + " has no shape information ");
      }
      if (batch >= 0 && batch != output.rows()) {
        throw RestError.invalid(
            "Tensor name: "
                + output.name
                + " has inconsistent batch size: "
                + output.rows()
                + " expecting: "
                + batch);
      }
      batch = output.rows();
    }
    PrettyJson json = new PrettyJson(false);
    json.beginObject().name("predictions").beginArray();
    boolean objects = outputs.size() > 1;
    int[] next = new int[outputs.size()];
    for (int row = 0; row < batch; row++) {
      if (objects) {
        json.beginObject();
      }
      json.singleLineArrays(true);
      for (int i = 0; i < next.length; i++) {
        if (objects) {
          json.name(outputs.get(i).name);
        }
        next[i] = values(json, outputs.get(i), 1, next[i]);
      }
      json.singleLineArrays(false);
      if (objects) {
        json.end();
      }
    }
    return json.end().end().bytes();
  }

  private byte[] columns() {
    PrettyJson json = new PrettyJson(false);
    json.beginObject().name("outputs");
    boolean objects = outputs.size() > 1;
    if (objects) {
      json.beginObject();
    }
    for (Output output : outputs) {
      if (objects) {
        json.name(output.name);
      }
      values(json, output, 0, 0);
    }
    if (objects) {
      json.end();
    }
    return json.end().bytes();
  }

  /** The values below an axis, from a flat index on; returns the index after them. */
  private static int values(PrettyJson json, Output output, int axis, int from) {
    if (axis == output.shape.length) {
      output.writer.write(json, from);
      return from + 1;
    }
    int next = from;
    json.beginArray();
    for (long i = 0; i < output.shape[axis]; i++) {
      next = values(json, output, axis + 1, next);
    }
    json.end();
    return next;
  }
}
