// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.DynamicWeight;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.ScanResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The internals of a language model while it reads one stream of text, step by step.
 *
 * @param logits scores of the next symbol after each step, {@code [T, V]}
 * @param weights those that a hypernetwork makes, scales {@code [T, columns]}; none for a model
 *     whose weights are constant
 * @param states the parts of the state after each step, {@code [T, size]}
 * @param finalState the parts of the state after the last step, {@code [1, size]}
 */
public record LanguageTrace(
    Operand<TFloat32> logits,
    List<DynamicWeight> weights,
    List<Operand<TFloat32>> states,
    List<Operand<TFloat32>> finalState) {
  /** Copies the lists. */
  public LanguageTrace {
    weights = List.copyOf(weights);
    states = List.copyOf(states);
    finalState = List.copyOf(finalState);
  }

  /**
   * Runs the cell once, for the states. As each step depends only on the state before it,
   * everything else is then computed for all steps together, as one batch.
   *
   * @param x {@code [T, inputSize]}
   * @param initial parts of the state before the first step, {@code [1, size]}
   * @param softmax from outputs {@code [T, N_h]} to logits
   */
  static <S> LanguageTrace of(
      Ops tf,
      RnnCell<S> cell,
      Operand<TFloat32> x,
      List<Operand<TFloat32>> initial,
      UnaryOperator<Operand<TFloat32>> softmax) {
    RnnCell<S> recorder = new StateOutputCell<>(cell);
    ScanResult<S> scanned =
        Scan.run(
            tf,
            recorder,
            tf.expandDims(x, tf.constant(1)),
            cell.stateLayout().state(initial),
            ScanOptions.inference());
    List<Operand<TFloat32>> after = new ArrayList<>();
    List<Operand<TFloat32>> before = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < initial.size(); i++) {
      StatePart part = cell.stateLayout().parts().get(i);
      Operand<TFloat32> states =
          tf.reshape(
              tf.slice(
                  scanned.outputs(),
                  tf.constant(new int[] {0, 0, from}),
                  tf.constant(new int[] {-1, -1, part.size()})),
              tf.constant(new int[] {-1, part.size()}));
      after.add(states);
      Operand<TFloat32> shifted = tf.concat(List.of(initial.get(i), states), tf.constant(0));
      before.add(tf.slice(shifted, tf.constant(new int[] {0, 0}), tf.shape(states)));
      from += part.size();
    }
    CellValues values = CellValues.make(tf);
    List<Operand<TFloat32>> projected = cell.project(tf, values, x);
    CellStep<S> step =
        cell.advance(tf, values, projected, cell.stateLayout().state(before), List.of());
    return new LanguageTrace(
        softmax.apply(step.output()),
        cell.dynamicWeights(tf, values, projected, cell.stateLayout().state(before)),
        after,
        cell.stateLayout().tensors(scanned.finalState()));
  }
}
