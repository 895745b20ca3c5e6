// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class FeedsTest {
  @Test
  void aRefusedInputClosesThoseBeforeIt() {
    try (TestGraph g = new TestGraph()) {
      Placeholder<TFloat32> x =
          g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      Placeholder<TInt32> n = g.tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      for (Shape bad : new Shape[] {Shape.of(3), Shape.of(1)}) { // too long, wrong rank
        Feeds feeds = new Feeds().floats(x, Shape.of(1, 2), 1, 2);
        assertThatThrownBy(() -> feeds.ints(n, bad, 7)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> feeds.into(g.session.runner()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("closed");
        assertThatThrownBy(() -> feeds.floats(x, Shape.of(1, 2), 1, 2))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("closed");
      }
    }
  }

  @Test
  void theLastValueOfAnInputCounts() {
    try (TestGraph g = new TestGraph()) {
      Placeholder<TFloat32> x = g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2)));
      try (Feeds feeds = new Feeds().floats(x, Shape.of(2), 1, 2).floats(x, Shape.of(2), 3, 4);
          Result result = feeds.into(g.session.runner()).fetch(g.tf.math.neg(x)).run()) {
        TFloat32 value = (TFloat32) result.get(0);
        assertThat(new float[] {value.getFloat(0), value.getFloat(1)}).containsExactly(-3, -4);
      }
    }
  }

  @Test
  void stacksTheInputsOfSeveralRuns() {
    try (TestGraph g = new TestGraph()) {
      Placeholder<TFloat32> x = g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2)));
      Placeholder<TInt32> n = g.tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      Placeholder<TBool> b = g.tf.placeholder(TBool.class, Placeholder.shape(Shape.scalar()));
      Placeholder<TFloat32> xs =
          g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      Placeholder<TInt32> ns = g.tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
      Placeholder<TBool> bs = g.tf.placeholder(TBool.class, Placeholder.shape(Shape.of(-1)));
      try (Feeds one = new Feeds().floats(x, Shape.of(2), 1, 2).bool(b, true);
          Feeds two = new Feeds().floats(x, Shape.of(2), 3, 4).bool(b, false);
          Feeds both =
              Feeds.stacked(
                  List.of(one.ints(n, Shape.scalar(), 7), two.ints(n, Shape.scalar(), 8)),
                  Map.of(x, xs, n, ns, b, bs));
          Result result =
              both.into(g.session.runner())
                  .fetch(g.tf.math.neg(xs))
                  .fetch(g.tf.math.neg(ns))
                  .fetch(g.tf.math.logicalNot(bs))
                  .run()) {
        TFloat32 floats = (TFloat32) result.get(0);
        assertThat(floats.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(floats.getFloat(0, 1)).isEqualTo(-2);
        assertThat(floats.getFloat(1, 0)).isEqualTo(-3);
        assertThat(((TInt32) result.get(1)).getInt(1)).isEqualTo(-8);
        assertThat(((TBool) result.get(2)).getBoolean(0)).isFalse();
        assertThat(((TBool) result.get(2)).getBoolean(1)).isTrue();
      }
    }
  }

  @Test
  void inputsOfDifferentShapesAreNotStacked() {
    try (TestGraph g = new TestGraph()) {
      Placeholder<TFloat32> x = g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
      try (Feeds one = new Feeds().floats(x, Shape.of(1), 1);
          Feeds two = new Feeds().floats(x, Shape.of(2), 1, 2)) {
        assertThatThrownBy(() -> Feeds.stacked(List.of(one, two), Map.of(x, x)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("Shapes differ");
        assertThatThrownBy(() -> Feeds.stacked(List.of(one), Map.of()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("No place for");
      }
    }
  }
}
