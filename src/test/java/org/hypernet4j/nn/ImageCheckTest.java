// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What a graph cuts out of a batch: nothing at all would end the process with oneDNN. */
class ImageCheckTest {
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final Ops tf = Ops.create(graph);
  private final Operand<TFloat32> kernel = tf.constant(new float[3][3][1][2]);
  private final Placeholder<TInt32> part =
      tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(4)));

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  private Placeholder<TFloat32> images(long... shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }

  private Shape shape(Operand<TFloat32> fetched, Placeholder<TFloat32> x, int... cut) {
    Shape shape =
        Shape.of(2, x.shape().get(1) < 0 ? cut[1] : 8, x.shape().get(2) < 0 ? cut[2] : 8, 1);
    try (Feeds feeds = new Feeds()) {
      feeds.floats(x, shape, new float[(int) shape.size()]);
      if (x.shape().get(1) > 0) {
        feeds.ints(part, Shape.of(4), cut);
      }
      try (Result result = feeds.into(session.runner()).fetch(fetched).run()) {
        return result.get(0).shape();
      }
    }
  }

  /** The gradient of max pooling is what ended the process. */
  @Test
  void nothingIsLeftOfTheBatch() {
    Placeholder<TFloat32> x = images(-1, 8, 8, 1);
    Operand<TFloat32> some = tf.slice(x, tf.constant(new int[4]), part);
    Operand<TFloat32> pooled = Conv2d.maxPool2(tf, Conv2d.apply(tf, some, kernel, 1));
    Operand<TFloat32> loss =
        tf.reduceSum(tf.math.square(pooled), tf.constant(new int[] {0, 1, 2, 3}));
    Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(kernel)).get(0);
    assertThat(shape(pooled, x, 1, 8, 8, 1)).isEqualTo(Shape.of(1, 4, 4, 2));
    assertThat(shape(gradient, x, 2, 2, 2, 1)).isEqualTo(Shape.of(3, 3, 1, 2));
    for (int[] cut : new int[][] {{0, 8, 8, 1}, {2, 0, 0, 1}}) {
      assertThatThrownBy(() -> shape(gradient, x, cut))
          .hasMessageContaining("convolution with kernel")
          .hasMessageContaining("[%d %d %d 1]".formatted(cut[0], cut[1], cut[2]));
    }
    assertThatThrownBy(() -> shape(gradient, x, 2, 1, 8, 1))
        .hasMessageContaining("max pooling: no images, or too small ones")
        .hasMessageContaining("[2 1 8 2]");
  }

  @Test
  void aSizeThatOnlyARunKnowsIsTooSmallForABlock() {
    Placeholder<TFloat32> x = images(-1, -1, -1, 1);
    for (Operand<TFloat32> pooled : List.of(Conv2d.maxPool2(tf, x), Conv2d.averagePool2(tf, x))) {
      assertThat(shape(pooled, x, 2, 3, 5, 1)).isEqualTo(Shape.of(2, 1, 2, 1));
      assertThatThrownBy(() -> shape(pooled, x, 2, 1, 1, 1))
          .hasMessageContaining("pooling: no images, or too small ones")
          .hasMessageContaining("[2 1 1 1]");
    }
  }

  @Test
  void whatIsKnownIsRefusedWhenTheGraphIsBuilt() {
    assertThatThrownBy(() -> Conv2d.apply(tf, images(0, 8, 8, 1), kernel, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the batch is empty")
        .hasMessageContaining("[0, 8, 8, 1]");
    assertThatThrownBy(() -> Conv2d.maxPool2(tf, images(-1, 1, 8, 1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("at least 1 image of 2 x 2 pixels")
        .hasMessageContaining("[?, 1, 8, 1]");
  }

  /** A check in every graph would cost every batch, and TFLite its compiled kernels. */
  @Test
  void imagesThatAreFedNeedNoCheckInTheGraph() {
    Operand<TFloat32> first = Conv2d.apply(tf, images(-1, 8, 8, 1), kernel, 2);
    Operand<TFloat32> rows =
        tf.slice(first, tf.constant(new int[4]), tf.constant(new int[] {1, 1, 1, 2}));
    Operand<TFloat32> made =
        tf.tile(
            tf.reshape(rows, tf.constant(new int[] {1, 1, 2, 1})),
            tf.constant(new int[] {1, 1, 1, 4}));
    Conv2d.averagePool2(tf, Conv2d.apply(tf, Conv2d.maxPool2(tf, first), made, 1));
    graph.operations().forEachRemaining(op -> assertThat(op.type()).isNotEqualTo("Assert"));
  }
}
