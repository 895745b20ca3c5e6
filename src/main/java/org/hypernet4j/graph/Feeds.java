// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.EmptyInputs;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The inputs of one {@code Session.run}, made from flat arrays and closed together.
 *
 * <p>Shapes are checked here: TensorFlow accepts some feeds that contradict their placeholder. An
 * input that is refused closes all inputs added before it.
 *
 * <pre>{@code
 * try (Feeds feeds = new Feeds().floats(x, Shape.of(2, 3), values)) {
 *   try (Result result = feeds.into(session.runner()).fetch(y).run()) { ... }
 * }
 * }</pre>
 */
public final class Feeds implements AutoCloseable {
  private final Map<Operand<?>, Tensor> tensors = new LinkedHashMap<>();
  private boolean closed;

  /**
   * Stacks the inputs of several runs along a new first axis.
   *
   * @param runs at least one, all with the same inputs; they stay open
   * @param targets the placeholder of shape {@code [runs, ...]} that replaces each input
   */
  public static Feeds stacked(List<Feeds> runs, Map<Operand<?>, Operand<?>> targets) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("No runs");
    }
    Feeds all = new Feeds();
    boolean complete = false;
    try {
      for (Operand<?> input : runs.get(0).tensors.keySet()) {
        Operand<?> target = targets.get(input);
        if (target == null) {
          throw new IllegalArgumentException("No place for " + input.op().name());
        }
        List<Tensor> parts =
            runs.stream().map(run -> Objects.requireNonNull(run.tensors.get(input))).toList();
        all.tensors.put(target, stack(parts));
      }
      complete = true;
      return all;
    } finally {
      if (!complete) {
        all.close();
      }
    }
  }

  private static Tensor stack(List<Tensor> parts) {
    Tensor first = parts.get(0);
    for (Tensor part : parts) {
      if (!part.shape().equals(first.shape())) {
        throw new IllegalArgumentException("Shapes differ: " + part.shape() + ", " + first.shape());
      }
    }
    Shape shape = Shape.of(parts.size()).append(first.shape());
    Shapes.requireTensor("inputs of " + parts.size() + " steps", "the value", shape);
    return Tensor.of(
        ((TType) first).type(),
        shape,
        tensor -> {
          ByteDataBuffer bytes = tensor.asRawTensor().data();
          long at = 0;
          for (Tensor part : parts) {
            ByteDataBuffer from = part.asRawTensor().data();
            from.copyTo(bytes.offset(at), from.size());
            at += from.size();
          }
        });
  }

  /** Adds float32 values, row-major. */
  public Feeds floats(Operand<TFloat32> target, Shape shape, float... values) {
    return add(
        target,
        shape,
        values.length,
        () -> TFloat32.tensorOf(shape, DataBuffers.of(values, true, false)));
  }

  /** Adds int32 values, row-major. */
  public Feeds ints(Operand<TInt32> target, Shape shape, int... values) {
    return add(
        target,
        shape,
        values.length,
        () -> TInt32.tensorOf(shape, DataBuffers.of(values, true, false)));
  }

  /** Adds int64 values, row-major. */
  public Feeds longs(Operand<TInt64> target, Shape shape, long... values) {
    return add(
        target,
        shape,
        values.length,
        () -> TInt64.tensorOf(shape, DataBuffers.of(values, true, false)));
  }

  /** Adds unsigned bytes, row-major. */
  public Feeds bytes(Operand<TUint8> target, Shape shape, byte... values) {
    return add(
        target,
        shape,
        values.length,
        () -> TUint8.tensorOf(shape, DataBuffers.of(values, true, false)));
  }

  /** Adds a truth value, a scalar. */
  public Feeds bool(Operand<TBool> target, boolean value) {
    return add(target, Shape.scalar(), 1, () -> TBool.scalarOf(value));
  }

  /** Feeds the inputs to a runner, which must run before this is closed. */
  public Session.Runner into(Session.Runner runner) {
    requireOpen();
    tensors.forEach(runner::feed);
    return runner;
  }

  @Override
  public void close() {
    closed = true;
    tensors.values().forEach(Tensor::close);
    tensors.clear();
  }

  /**
   * Closes everything when an input is refused: in a try-with-resources the variable is not
   * assigned yet, so the caller could not.
   */
  private Feeds add(Operand<?> target, Shape shape, int length, Supplier<Tensor> tensor) {
    requireOpen();
    boolean added = false;
    try {
      require(target, shape, length);
      Tensor previous = tensors.put(target, tensor.get());
      if (previous != null) {
        previous.close();
      }
      added = true;
      return this;
    } finally {
      if (!added) {
        close();
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("These feeds are closed: make new ones for every run");
    }
  }

  private static void require(Operand<?> target, Shape shape, int length) {
    String where = "input '" + target.op().name() + "'";
    long size = Shapes.requireTensor(where, "the value", shape);
    if (size != length) {
      throw UserError.in(where)
          .what("the values do not fill the shape")
          .expected(size + " for " + Shapes.describe(shape.asArray()))
          .received(length)
          .build();
    }
    if (!target.shape().isUnknown()) {
      Shapes.require(where, "the value", shape, target.shape().asArray());
    }
    EmptyInputs.require(where, target, shape);
  }
}
