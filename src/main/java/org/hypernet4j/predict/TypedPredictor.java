// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;

/**
 * A signature of a model as a function from records to records. A component stands for the tensor
 * of its name, or of {@link Named}.
 *
 * <pre>{@code
 * record Digit(float[] image) {}
 * record Answer(float[] probabilities, long digit) {}
 *
 * TypedPredictor<Digit, Answer> digits = predictor.typed(Digit.class, Answer.class);
 * Answer one = digits.predict(new Digit(pixels));
 * List<Answer> many = digits.predict(List.of(new Digit(a), new Digit(b))); // one call
 * }</pre>
 *
 * <p>Where axis 0 of all these tensors is the batch, an open size, a record is one row; else it is
 * the whole call. For {@code float32} a component is a {@code float} or {@code Float} (one
 * element), a {@code float[]} (flat in C order, for any number of axes of which one may be open),
 * or nested arrays, up to {@code float[][][][]}, with an array for each axis; likewise {@code
 * double} for {@code float64}, {@code int} and {@code long}, {@code boolean} for {@code bool},
 * {@code byte} for {@code uint8}, as stored, and {@code String} for texts, in UTF-8. Outputs that
 * no component stands for are not fetched.
 *
 * <p>For several threads, as long as the predictor is open.
 */
public final class TypedPredictor<I extends Record, O extends Record> {
  private final Servable servable;
  private final String key;
  private final String where;
  private final boolean rows;
  private final RecordClass<I> inputs;
  private final RecordClass<O> outputs;
  private final List<String> wanted;
  private final boolean texts;

  /** Whether answers are made for this call alone: others than a predictor may keep them. */
  private final boolean fresh;

  /** See {@link Servable#typed(String, Class, Class)}. */
  TypedPredictor(Servable servable, String key, Class<I> in, Class<O> out) {
    this.servable = servable;
    this.key = key;
    fresh = servable instanceof Predictor;
    ModelDescription model = servable.description();
    where = "the model " + model.name() + ", signature '" + key + "'";
    SignatureDescription signature = model.signatures().get(key);
    if (signature == null) {
      throw UserError.in("the model " + model.name())
          .what("has no signature '" + key + "'")
          .expected("one of " + String.join(", ", model.signatures().keySet()))
          .received("'" + key + "'")
          .build();
    }
    Map<String, TensorDescription> named = new LinkedHashMap<>(signature.outputs());
    named
        .keySet()
        .retainAll(RecordClass.named(where + ", record " + out.getSimpleName(), out).keySet());
    rows =
        signature.inputs().values().stream().allMatch(TypedPredictor::hasRows)
            && named.values().stream()
                .allMatch(tensor -> tensor.shape() == null || hasRows(tensor));
    inputs = new RecordClass<>(where, in, signature.inputs(), true, rows);
    outputs = new RecordClass<>(where, out, signature.outputs(), false, rows);
    wanted = outputs.fields().stream().map(RecordField::name).toList();
    texts =
        Stream.concat(inputs.fields().stream(), outputs.fields().stream())
            .anyMatch(field -> field.kind() == ElementKind.STRING);
    if (texts && !fresh) {
      throw UserError.in(where)
          .what("texts cannot be passed on here")
          .expected("a Predictor")
          .received(servable.getClass().getSimpleName())
          .next("call Predictor.typed")
          .build();
    }
  }

  private static boolean hasRows(TensorDescription tensor) {
    long[] shape = tensor.shape();
    return shape != null && shape.length > 0 && shape[0] == -1;
  }

  /**
   * Calls the model.
   *
   * @throws UserError if the input does not fit the signature
   * @throws IllegalStateException if the model is closed
   */
  public O predict(I input) {
    return call(List.of(input)).get(0);
  }

  /**
   * Calls the model once for all inputs, whose sizes must be equal; where a record is the whole
   * call once for each.
   *
   * @return an answer for each, in their order
   * @throws UserError if an input does not fit the signature, or the sizes differ
   * @throws IllegalStateException if the model is closed
   */
  public List<O> predict(List<I> batch) {
    if (batch.isEmpty()) {
      return List.of();
    }
    if (rows) {
      return call(batch);
    }
    List<O> answers = new ArrayList<>();
    batch.forEach(each -> answers.add(predict(each)));
    return answers;
  }

  private List<O> call(List<I> batch) {
    Map<String, RecordField.Value> values = new LinkedHashMap<>();
    for (RecordField field : inputs.fields()) {
      values.put(field.name(), value(field, batch));
    }
    List<RecordField.Value> answer =
        texts
            ? TextCall.of((Predictor) servable, key, values, wanted)
            : ArrayCall.of(servable, key, inputs.fields(), values, wanted);
    List<O> records = new ArrayList<>();
    Object[] parts = new Object[wanted.size()];
    for (int row = 0; row < batch.size(); row++) {
      for (int i = 0; i < parts.length; i++) {
        parts[i] = part(outputs.fields().get(i), answer.get(i), row, batch.size());
      }
      records.add(outputs.make(parts));
    }
    return records;
  }

  /** The rows of an input, one behind the other. */
  private RecordField.Value value(RecordField field, List<I> batch) {
    RecordField.Value first = field.read(batch.get(0));
    if (!rows) {
      return first;
    }
    int size = Array.getLength(first.flat());
    long[] shape = new long[first.shape().length + 1];
    shape[0] = batch.size();
    System.arraycopy(first.shape(), 0, shape, 1, first.shape().length);
    if (batch.size() == 1) {
      return new RecordField.Value(first.flat(), shape); // not copied
    }
    if ((long) size * batch.size() > Integer.MAX_VALUE) {
      throw UserError.in(where)
          .what("the input '" + field.name() + "' of so many rows is too large")
          .expected("at most " + Integer.MAX_VALUE + " elements")
          .received(Shapes.describe(shape))
          .build();
    }
    Object all = Array.newInstance(field.kind().java, size * batch.size());
    System.arraycopy(first.flat(), 0, all, 0, size);
    for (int row = 1; row < batch.size(); row++) {
      RecordField.Value next = field.read(batch.get(row));
      if (!Arrays.equals(next.shape(), first.shape())) {
        throw UserError.in(where)
            .what("row " + row + " (counted from 0) of '" + field.name() + "' has other sizes")
            .expected(Shapes.describe(first.shape()) + ", those of the first row")
            .received(Shapes.describe(next.shape()))
            .next("call the model for each size")
            .build();
      }
      System.arraycopy(next.flat(), 0, all, row * size, size);
    }
    return new RecordField.Value(all, shape);
  }

  /** What a record takes of an output. */
  private Object part(RecordField field, RecordField.Value output, int row, int count) {
    long[] shape = output.shape();
    if (!rows) {
      return field.make(output.flat(), 0, fresh, shape);
    }
    if (shape.length == 0 || shape[0] != count) {
      throw UserError.in(where)
          .what("the model answers with other rows in '" + field.name() + "'")
          .expected(count)
          .received(Shapes.describe(shape))
          .build();
    }
    int size = Array.getLength(output.flat()) / count;
    return field.make(output.flat(), row * size, fresh, Arrays.copyOfRange(shape, 1, shape.length));
  }
}
