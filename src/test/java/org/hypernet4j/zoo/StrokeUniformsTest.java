// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

class StrokeUniformsTest {
  /** To the last bit, and both equal to the generator's numbers of these positions. */
  @Test
  void javaAndGraphAgree() {
    long[] seeds = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE, 7, 7, 7};
    long[] positions = {0, 3, 129, 700, 1, 2, 0, 1, 1L << 40};
    try (TestGraph test = new TestGraph();
        Result result =
            test.session
                .runner()
                .fetch(
                    StrokeUniforms.of(
                        test.tf, test.tf.constant(seeds), test.tf.constant(positions)))
                .run()) {
      TFloat64 actual = (TFloat64) result.get(0);
      for (int row = 0; row < seeds.length; row++) {
        double[] inJava = StrokeUniforms.of(seeds[row], positions[row]);
        for (int i = 0; i < 4; i++) {
          assertThat(actual.getDouble(row, i))
              .isEqualTo(inJava[i])
              .isEqualTo(StatelessRandom.of(seeds[row]).uniform(4 * positions[row] + i));
        }
      }
    }
  }

  @Test
  void oneRowIsNotRepeated() {
    try (TestGraph test = new TestGraph()) {
      Operand<TInt64> one = test.tf.constant(new long[] {1});
      Operand<TInt64> two = test.tf.constant(new long[] {1, 2});
      assertThatThrownBy(() -> StrokeUniforms.of(test.tf, two, one))
          .isInstanceOf(UserError.class)
          .hasMessage("uniforms: position has the wrong shape; expected [2], received [1].");
      Placeholder<TInt64> any = test.tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(-1)));
      Operand<TFloat64> uniforms = StrokeUniforms.of(test.tf, two, any);
      try (TInt64 fed = TInt64.vectorOf(1)) {
        assertThatThrownBy(() -> test.session.runner().feed(any, fed).fetch(uniforms).run().close())
            .hasMessageContaining("1 values");
      }
    }
  }
}
