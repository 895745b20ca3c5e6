// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.io.NpyArray;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Which calls of a signature may run as one batch: those whose rows have equal shapes, if every
 * input and output is {@code [batch, ...]}.
 *
 * <p>An output may have another axis of open length. Where it is that of an input, a sequence's for
 * example, calls still join. Where the model decides it, the length of a translation, the longest
 * row of a batch would change the others, so such calls never do. The signature does not tell the
 * one from the other: the first calls run alone and show it.
 */
final class JoinRule {
  private static final int SHOWN = 3;

  /**
   * Calls with equal keys may join.
   *
   * @param signature of the calls
   * @param rows type and shape of one row, input by input
   */
  record Key(String signature, List<String> rows) {}

  private final SignatureDescription signature;
  private final boolean lengthsOpen;
  private final AtomicInteger shown = new AtomicInteger();
  private volatile boolean allowed = true;

  private JoinRule(SignatureDescription signature) {
    this.signature = signature;
    lengthsOpen =
        signature.outputs().values().stream().anyMatch(output -> !openAxes(output, null).isEmpty());
  }

  /** The rule of a signature, or null if its calls never join. */
  static @Nullable JoinRule of(SignatureDescription signature) {
    List<TensorDescription> tensors = new ArrayList<>(signature.inputs().values());
    tensors.addAll(signature.outputs().values());
    boolean batched =
        !signature.inputs().isEmpty()
            && !signature.outputs().isEmpty()
            && tensors.stream().allMatch(JoinRule::isBatched);
    return batched ? new JoinRule(signature) : null;
  }

  private static boolean isBatched(TensorDescription tensor) {
    long[] shape = tensor.shape();
    return shape != null
        && shape.length > 0
        && shape[0] == -1
        && TensorArrays.typeOf(tensor.type()) != null;
  }

  /** Whether calls join now. */
  boolean allows() {
    return allowed && (!lengthsOpen || shown.get() >= SHOWN);
  }

  /** Calls of this signature run alone from now on. */
  void forbid() {
    allowed = false;
  }

  /** Number of rows of inputs that have a key. */
  static int rows(Map<String, NpyArray> inputs) {
    return Math.toIntExact(inputs.values().iterator().next().shape()[0]);
  }

  /**
   * The key of a call, or null if its inputs do not fit the signature, or have no row: then it runs
   * alone, and the model says what is wrong.
   */
  @Nullable Key key(Map<String, NpyArray> inputs) {
    if (!inputs.keySet().equals(signature.inputs().keySet())) {
      return null;
    }
    long batch = -1;
    List<String> rows = new ArrayList<>();
    for (Map.Entry<String, TensorDescription> each : signature.inputs().entrySet()) {
      NpyArray array = inputs.get(each.getKey());
      if (array == null || !accepts(each.getValue(), array)) {
        return null;
      }
      long[] shape = array.shape();
      if (batch >= 0 && shape[0] != batch) {
        return null;
      }
      batch = shape[0];
      shape[0] = -1;
      rows.add(array.type() + Arrays.toString(shape));
    }
    return new Key(signature.key(), rows);
  }

  private static boolean accepts(TensorDescription tensor, NpyArray array) {
    long[] declared = tensor.shape();
    long[] shape = array.shape();
    DataType type = TensorArrays.dataTypeOf(array.type());
    if (declared == null
        || type != tensor.type()
        || shape.length != declared.length
        || array.size() == 0) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      if (declared[i] >= 0 && declared[i] != shape[i]) {
        return false;
      }
    }
    return true;
  }

  /** Learns from a call that ran alone. */
  void observe(Map<String, NpyArray> inputs, Map<String, NpyArray> outputs) {
    if (!allowed || (lengthsOpen && shown.get() >= SHOWN)) {
      return;
    }
    if (fits(inputs, outputs)) {
      shown.incrementAndGet();
    } else {
      forbid();
    }
  }

  /** Whether outputs have the rows of the inputs, and lengths that are those of inputs. */
  boolean fits(Map<String, NpyArray> inputs, Map<String, NpyArray> outputs) {
    int rows = rows(inputs);
    List<Long> lengths = new ArrayList<>();
    signature.inputs().forEach((name, input) -> lengths.addAll(openAxes(input, inputs.get(name))));
    return outputs.values().stream()
            .allMatch(output -> output.shape().length > 0 && output.shape()[0] == rows)
        && signature.outputs().entrySet().stream()
            .allMatch(
                output ->
                    lengths.containsAll(openAxes(output.getValue(), outputs.get(output.getKey()))));
  }

  /** The sizes of the axes that a signature leaves open, but the batch; -1 without an array. */
  private static List<Long> openAxes(TensorDescription tensor, @Nullable NpyArray array) {
    List<Long> sizes = new ArrayList<>();
    long[] declared = tensor.shape();
    long[] shape = array == null ? null : array.shape();
    for (int i = 1; declared != null && i < declared.length; i++) {
      if (declared[i] < 0) {
        sizes.add(shape == null || shape.length != declared.length ? -1 : shape[i]);
      }
    }
    return sizes;
  }
}
