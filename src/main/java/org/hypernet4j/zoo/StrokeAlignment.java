// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.cell.TextReadingCell;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Which characters a model with a window reads while it writes (Graves, arXiv:1308.0850, figure
 * 13): the weight phi of each character in the step that predicts a point.
 */
public final class StrokeAlignment {
  private StrokeAlignment() {}

  /**
   * Measures drawings.
   *
   * @param model one that {@link StrokeModel#reading} has given the texts
   * @param drawings rows {@code dx, dy, pen} in normalised units, {@code [T, B, 3]}; padding only
   *     reaches results behind it
   * @return {@code [T, B, U]}, 0 past a text's end
   */
  public static Operand<TFloat32> of(Ops tf, StrokeModel model, Operand<TFloat32> drawings) {
    TextReadingCell cell = Objects.requireNonNull(model.writer(), "a window");
    Operand<TInt32> batch = tf.gather(tf.shape(drawings), tf.constant(1), tf.constant(0));
    Operand<TFloat32> read = StrokeSeries.withStart(tf, model.density(), drawings);
    Operand<TFloat32> states =
        Scan.run(
                tf,
                new StateOutputCell<>(cell),
                read,
                cell.stateLayout().state(model.initialState(tf, batch, null)),
                ScanOptions.inference())
            .outputs(); // [T + 1, B, all parts]
    Operand<TInt32> time =
        tf.slice(tf.shape(drawings), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    List<Operand<TFloat32>> parts = new ArrayList<>();
    int from = 0;
    for (StatePart part : cell.stateLayout().parts()) {
      Operand<TInt32> size =
          tf.concat(List.of(time, tf.constant(new int[] {-1, part.size()})), tf.constant(0));
      parts.add(tf.slice(states, tf.constant(new int[] {0, 0, from}), size)); // without the last
      from += part.size();
    }
    return cell.phi(tf, CellValues.make(tf), cell.stateLayout().state(parts));
  }
}
