// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.fixtures.PlainLayers.Images;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.StepInputs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The loss of a step: the cross entropy of the net of its widths, and the decay of its kernels. */
class PruningLossTest {
  private static final int LABEL = 3;

  @ParameterizedTest
  @CsvSource({"0, 2, 3", "0.5, 2, 3", "0.5, 5, 4", "0.5, 1, 1"})
  void isThatOfTheSmallNetInPlainDouble(double l2, int first, int second) {
    ExperimentSpec spec =
        SpecFiles.read(
            Path.of("graphs", "pruning-widths.json"),
            List.of(
                "model.filters=[5,4]",
                "model.kernelSize=3",
                "model.generator.hiddenSizes=[6]",
                "training.l2=" + l2));
    Widths widths = new Widths(first, second);
    byte[] grey = new byte[784];
    double[] pixels = new double[784];
    for (int i = 0; i < 784; i++) {
      grey[i] = (byte) (i * 37);
      pixels[i] = (grey[i] & 0xff) / 255.0;
    }
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> loss = PruningTask.define(spec, g.store, StepInputs.whole(g.store)).loss();
      PlainPruning plain = new PlainPruning(PruningModelTest.random(g), List.of(5, 4), 3);
      double[] condition = plain.condition(widths);
      double[] logits = plain.logits(condition, widths, new Images(pixels, 1, 28, 28, 1));
      double sum = 0;
      for (double logit : logits) {
        sum += Math.exp(logit);
      }
      // half the sum of squares, as TrainingSpec says of l2
      double expected = Math.log(sum) - logits[LABEL] + l2 / 2 * plain.squares(condition, widths);
      assertThat(run(g, loss, grey, widths)).isCloseTo(expected, within(1e-4 * expected));
    }
  }

  private static double run(TestGraph g, Operand<TFloat32> loss, byte[] grey, Widths widths) {
    try (TUint8 pixels =
            TUint8.tensorOf(Shape.of(1, 28, 28, 1), DataBuffers.of(grey, true, false));
        TInt32 labels = TInt32.vectorOf(LABEL);
        TInt32 first = TInt32.scalarOf(widths.first());
        TInt32 second = TInt32.scalarOf(widths.second());
        Result result =
            g.session
                .runner()
                .feed("training/pixels", pixels)
                .feed("training/labels", labels)
                .feed("training/first_width", first)
                .feed("training/second_width", second)
                .fetch(loss)
                .run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}
