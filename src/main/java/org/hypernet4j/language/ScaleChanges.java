// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.Arrays;
import org.hypernet4j.cell.DynamicWeight;
import org.jspecify.annotations.Nullable;

/** Follows the scales of one generated weight from step to step, see {@link DynamicWeight}. */
final class ScaleChanges {
  /** Receives the Frobenius norm of a change. */
  @FunctionalInterface
  interface Receiver {
    void accept(int row, int gate, double norm);
  }

  private final int gates;
  private final float[] squares;
  private float @Nullable [] before;

  /**
   * Begins before the first step.
   *
   * @param squares the squared norm of each column of the weight
   */
  ScaleChanges(DynamicWeight weight, float[] squares) {
    gates = weight.gates().size();
    this.squares = squares;
  }

  /**
   * Goes on by some steps. The very first has none before it, and so no change.
   *
   * @param scales of consecutive steps, {@code [rows, columns]}
   */
  void follow(float[] scales, Receiver changes) {
    int columns = squares.length;
    float[] earlier = before;
    int earlierRow = 0;
    for (int row = 0; row < scales.length / columns; row++) {
      if (earlier != null) {
        for (int gate = 0; gate < gates; gate++) {
          changes.accept(row, gate, norm(gate, scales, row * columns, earlier, earlierRow));
        }
      }
      earlier = scales;
      earlierRow = row * columns;
    }
    before = Arrays.copyOfRange(scales, scales.length - columns, scales.length);
  }

  /** Squared norm of a gate's change: that of each column's scale times that of the column. */
  private double norm(int gate, float[] later, int at, float[] earlier, int from) {
    int units = squares.length / gates;
    double sum = 0;
    for (int k = gate * units; k < (gate + 1) * units; k++) {
      double difference = (double) later[at + k] - earlier[from + k];
      sum += difference * difference * squares[k];
    }
    return Math.sqrt(sum);
  }
}
