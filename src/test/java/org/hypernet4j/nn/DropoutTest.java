package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class DropoutTest {
  private static final int SIZE = 20_000;

  private static float[] dropped(Dropout dropout, long step) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> index = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> ones = tf.fill(tf.constant(new int[] {SIZE}), tf.constant(3f));
      Operand<TFloat32> y = dropout.apply(tf, ones, index);
      try (Feeds feeds = new Feeds().longs(index, Shape.scalar(), step);
          Result result = feeds.into(session.runner()).fetch(y).run()) {
        float[] values = new float[SIZE];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  @Test
  void keepsTheShareAndTheMean() {
    float[] y = dropped(new Dropout(0.8f, 1, "a"), 0);
    int kept = 0;
    for (float value : y) {
      assertThat(value == 0f || Math.abs(value - 3f / 0.8f) < 1e-6f).isTrue();
      kept += value == 0f ? 0 : 1;
    }
    // a binomial share: standard deviation sqrt(0.8 * 0.2 / 20000) = 0.0028
    assertThat(kept / (double) SIZE).isCloseTo(0.8, within(4 * 0.0028));
  }

  @Test
  void isAFunctionOfSeedNameAndStep() {
    float[] y = dropped(new Dropout(0.5f, 1, "a"), 7);
    assertThat(dropped(new Dropout(0.5f, 1, "a"), 7)).isEqualTo(y);
    assertThat(dropped(new Dropout(0.5f, 1, "a"), 8)).isNotEqualTo(y);
    assertThat(dropped(new Dropout(0.5f, 1, "b"), 7)).isNotEqualTo(y);
    assertThat(dropped(new Dropout(0.5f, 2, "a"), 7)).isNotEqualTo(y);
  }

  @Test
  void keepingAllChangesNothing() {
    assertThat(dropped(new Dropout(1f, 1, "a"), 7)).containsOnly(3f);
  }

  @Test
  void refusesADropRateOfOne() {
    assertThatThrownBy(() -> new Dropout(0f, 1, "a"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("dropout 'a': the share of entries to keep is out of range");
  }
}
