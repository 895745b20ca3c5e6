// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.proto.DataType;

/**
 * A model in Java, to see what reaches it: {@code sums} takes {@code x [-1, 2]} and gives {@code y
 * [-1]}, the sums of the rows; {@code doubled} takes {@code x [-1, -1]} and gives {@code y [-1,
 * -1]}, twice the elements; {@code cut} gives as many columns of {@code x [-1, -1]} as its largest
 * element says; {@code total} gives {@code y []}, and {@code mixed} says that it gives {@code y
 * [-1]} but gives one row. A row of 666 fails.
 */
final class RowSums implements Servable {
  static final float FAILING = 666;

  private static final long[] OPEN = {-1, -1};

  /** Rows of each call that reached the model, in order. */
  final List<Integer> rows = Collections.synchronizedList(new ArrayList<>());

  /** Calls wait for it. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  /** One is counted down with each call that reaches the model. */
  final CountDownLatch reached = new CountDownLatch(1);

  volatile boolean closed;

  @Override
  public ModelDescription description() {
    return new ModelDescription(
        "sums",
        3,
        Map.of(
            "sums", signature("sums", new long[] {-1, 2}, new long[] {-1}),
            "doubled", signature("doubled", OPEN, OPEN),
            "cut", signature("cut", OPEN, OPEN),
            "total", signature("total", new long[] {-1, 2}, new long[0]),
            "mixed", signature("mixed", new long[] {-1, 2}, new long[] {-1})));
  }

  private static SignatureDescription signature(String key, long[] in, long[] out) {
    return new SignatureDescription(
        key,
        Map.of("x", new TensorDescription(DataType.DT_FLOAT, in)),
        Map.of("y", new TensorDescription(DataType.DT_FLOAT, out)));
  }

  @Override
  public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
    NpyArray x = inputs.get("x");
    if (x == null || x.shape().length != 2 || (signature.equals("sums") && x.shape()[1] != 2)) {
      throw UserError.in("sums").what("the input 'x' has another shape").received(x).build();
    }
    rows.add((int) x.shape()[0]);
    reached.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    float[] values = x.floats();
    int count = (int) x.shape()[0];
    int columns = (int) x.shape()[1];
    float largest = 0;
    float[] sums = new float[count];
    for (int i = 0; i < values.length; i++) {
      if (values[i] == FAILING) {
        throw new IllegalArgumentException("row " + i / columns + " fails");
      }
      largest = Math.max(largest, values[i]);
      sums[i / columns] += values[i];
      values[i] *= signature.equals("doubled") ? 2 : 1;
    }
    return Map.of(
        "y",
        switch (signature) {
          case "sums" -> NpyArray.of(sums, count);
          case "doubled" -> NpyArray.of(values, x.shape());
          case "cut" -> NpyArray.of(new float[count * (int) largest], count, (int) largest);
          case "total" -> NpyArray.of(new float[] {sums[0]});
          default -> NpyArray.of(new float[] {sums[0]}, 1);
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  static Map<String, NpyArray> row(float... values) {
    return Map.of("x", NpyArray.of(values, 1, values.length));
  }

  static float[] y(Map<String, NpyArray> answer) {
    return Objects.requireNonNull(answer.get("y")).floats();
  }
}
