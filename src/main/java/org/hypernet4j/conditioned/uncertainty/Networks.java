// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Networks that predict together, with their parameters. */
sealed interface Networks permits NoiseNetworks, ListedNetworks {
  /** How many predict together. */
  int count();

  /**
   * The networks of a training step.
   *
   * @param x {@code [n, pixels]}
   */
  Training training(Ops tf, Operand<TFloat32> x, Step step);

  /**
   * A step of the training.
   *
   * @param seed of the run
   * @param number of the step, a scalar; each replica sees another
   * @param trainImages N, images of the training data
   */
  record Step(long seed, Operand<TInt64> number, int trainImages) {}

  /**
   * The networks of a training step.
   *
   * @param logits {@code [rows, n, classes]}
   * @param penalties scalars to add to the mean cross entropy
   * @param metrics scalars to report
   * @param generated kernels that are not parameters, of all rows: {@code [rows, in, out]}
   * @param gradientFactor the multiple of the loss that is followed: as many networks as are
   *     trained apart from each other, each then by its own loss
   */
  record Training(
      Operand<TFloat32> logits,
      List<Operand<TFloat32>> penalties,
      Map<String, Operand<TFloat32>> metrics,
      List<Operand<TFloat32>> generated,
      int gradientFactor) {
    /** Copies the lists. */
    public Training {
      penalties = List.copyOf(penalties);
      generated = List.copyOf(generated);
    }

    /** Networks trained on the mean cross entropy alone. */
    static Training of(Operand<TFloat32> logits, List<Operand<TFloat32>> generated) {
      return new Training(logits, List.of(), Map.of(), generated, 1);
    }
  }
}
