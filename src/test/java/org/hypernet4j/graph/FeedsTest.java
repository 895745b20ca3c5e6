package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
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
}
