// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.DynamicWeight;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * How much the weights that a hypernetwork makes change from one step to the next: the Frobenius
 * norm of the difference of a gate's weights. See {@link DynamicWeight}.
 */
final class WeightChanges {
  private WeightChanges() {}

  /**
   * Measures sequences.
   *
   * @param x inputs, {@code [T + 1, B, inputSize]}
   * @param initial parts of the state before the first step, {@code [B, size]}
   * @return {@code [T, B]}, the change from each step to the next, by the name of the weight and
   *     its gate, {@code W_h_i}; none for a cell whose weights are constant
   */
  static <S> Map<String, Operand<TFloat32>> of(
      Ops tf, RnnCell<S> cell, Operand<TFloat32> x, List<Operand<TFloat32>> initial) {
    Operand<TFloat32> states =
        Scan.run(
                tf,
                new StateOutputCell<>(cell),
                x,
                cell.stateLayout().state(initial),
                ScanOptions.inference())
            .outputs(); // [T + 1, B, all parts]
    List<Operand<TFloat32>> before = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < initial.size(); i++) {
      StatePart part = cell.stateLayout().parts().get(i);
      Operand<TFloat32> after =
          tf.slice(
              states,
              tf.constant(new int[] {0, 0, from}),
              tf.constant(new int[] {-1, -1, part.size()}));
      Operand<TFloat32> shifted =
          tf.concat(List.of(tf.expandDims(initial.get(i), tf.constant(0)), after), tf.constant(0));
      before.add(
          tf.reshape(
              tf.slice(shifted, tf.constant(new int[] {0, 0, 0}), tf.shape(after)),
              tf.constant(new int[] {-1, part.size()})));
      from += part.size();
    }
    // each step depends only on the state before it: all of them are one batch
    CellValues values = CellValues.make(tf);
    Operand<TFloat32> rows = tf.reshape(x, tf.constant(new int[] {-1, cell.inputSize()}));
    List<Operand<TFloat32>> projected = cell.project(tf, values, rows);
    Operand<TInt32> leading =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    Map<String, Operand<TFloat32>> changes = new LinkedHashMap<>();
    for (DynamicWeight weight :
        cell.dynamicWeights(tf, values, projected, cell.stateLayout().state(before))) {
      Operand<TFloat32> norms = norms(tf, weight, leading); // [T, B, gates]
      for (int gate = 0; gate < weight.gates().size(); gate++) {
        changes.put(
            weight.name().replace('/', '_') + "_" + weight.gates().get(gate),
            tf.gather(norms, tf.constant(gate), tf.constant(2)));
      }
    }
    return changes;
  }

  /** The change of each gate's columns, {@code [T, B, gates]}. */
  private static Operand<TFloat32> norms(Ops tf, DynamicWeight weight, Operand<TInt32> leading) {
    int columns = (int) weight.scale().shape().get(1);
    int gates = weight.gates().size();
    Operand<TInt32> first = tf.constant(0);
    Operand<TFloat32> scales =
        tf.reshape(
            weight.scale(), tf.concat(List.of(leading, tf.constant(new int[] {columns})), first));
    Operand<TFloat32> later =
        tf.slice(scales, tf.constant(new int[] {1, 0, 0}), tf.constant(new int[] {-1, -1, -1}));
    Operand<TFloat32> earlier = tf.slice(scales, tf.constant(new int[] {0, 0, 0}), tf.shape(later));
    Operand<TFloat32> squares = tf.math.square(tf.math.sub(later, earlier));
    Operand<TFloat32> matrix = weight.matrix();
    if (matrix != null) {
      squares = tf.math.mul(squares, tf.reduceSum(tf.math.square(matrix), first));
    }
    Operand<TInt32> split =
        tf.concat(
            List.of(
                tf.slice(tf.shape(later), tf.constant(new int[] {0}), tf.constant(new int[] {2})),
                tf.constant(new int[] {gates, columns / gates})),
            first);
    return tf.math.sqrt(tf.reduceSum(tf.reshape(squares, split), tf.constant(3)));
  }
}
