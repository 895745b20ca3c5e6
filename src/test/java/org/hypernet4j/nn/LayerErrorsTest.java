// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Wrong shapes are refused by the layer, when the graph is built, in words of our own. */
class LayerErrorsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> of(long... sizes) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(sizes)));
  }

  private static void assertRefused(Runnable build, String... parts) {
    assertThatThrownBy(build::run)
        .isInstanceOf(UserError.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(List.of(parts)).doesNotContain("\n"));
  }

  @Test
  void theBiasOfAConvolutionHasAnEntryForEveryChannel() {
    assertRefused(
        () -> Conv2d.apply(tf, of(2, 5, 5, 3), of(3, 3, 3, 4), of(3), 1),
        "convolution with kernel",
        "bias has the wrong shape; expected [4], received [3]");
  }

  @Test
  void theStepOfDropoutIsAScalar() {
    Dropout dropout = new Dropout(0.5f, 1, "d");
    Operand<TInt64> step = tf.constant(new long[] {3});
    assertRefused(
        () -> dropout.apply(tf, of(2, 3), step),
        "dropout 'd': step has the wrong shape; expected [], received [1]");
    assertRefused(
        () -> dropout.mask(tf, tf.constant(new long[] {2, 3}), step), "step has the wrong shape");
    assertRefused(
        () -> dropout.mask(tf, tf.constant(7L), tf.constant(3L)),
        "the tensor of sizes has the wrong shape; expected [?], received []");
    assertRefused(
        () -> new Dropout(1f, 1, "d").apply(tf, of(2, 3), step), "step has the wrong shape");
  }

  @Test
  void weightsOfEveryExampleHaveKnownSizes() {
    assertRefused(
        () -> PerExampleDense.apply(tf, of(-1, -1), of(-1, -1, 4)),
        "every size but the batch must be known",
        "x [?, ?], kernels [?, ?, 4]");
    assertRefused(
        () -> PerExampleDense.apply(tf, of(-1, 3), of(-1, 3, -1)),
        "every size but the batch must be known");
  }

  @Test
  void aTensorOfUnknownRankIsNoImageOfKnownChannels() {
    Operand<TFloat32> unknown = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.unknown()));
    assertRefused(
        () -> PerExampleConv2d.apply(tf, unknown, of(2, 3, 3, 1, 1), 1),
        "every size but the batch must be known");
    assertRefused(
        () -> PerExampleDense.apply(tf, unknown, unknown),
        "every size but the batch must be known");
    // these need no size of x to be built; of the kernel they do not either
    Conv2d.apply(tf, unknown, of(3, 3, 2, 4), 1);
    Dense.apply(tf, unknown, unknown, of(4));
  }
}
