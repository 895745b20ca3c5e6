// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.initializers.Glorot;
import org.tensorflow.framework.initializers.Initializer;
import org.tensorflow.framework.initializers.Orthogonal;
import org.tensorflow.framework.initializers.RandomNormal;
import org.tensorflow.framework.initializers.RandomUniform;
import org.tensorflow.framework.initializers.VarianceScaling.Distribution;
import org.tensorflow.framework.metrics.SparseCategoricalAccuracy;
import org.tensorflow.framework.optimizers.GradientDescent;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What of the TensorFlow Framework can be used and what cannot, as of its release 1.1.0. Where a
 * newer release makes a test here fail, the class that the test names can be shortened.
 */
class FrameworkTest {
  private static final Distribution UNIFORM = Distribution.UNIFORM;

  /** The bits are those of release 1.0.0: seeds of old runs mean the same weights. */
  @Test
  void normalAndUniformKeepTheirBits() {
    assertThat(bits(new RandomNormal<>(0f, 1f, 7L), 3))
        .containsExactly(0xbf2c9696, 0xbeb7a68d, 0xbff09622);
    assertThat(bits(new RandomUniform<>(-1f, 1f, 7L), 3))
        .containsExactly(0x3efd0238, 0x3eb05000, 0xbf626ab8);
  }

  /** {@link Initializers#orthogonal} is our own for this reason. */
  @Test
  void orthogonalFailsForWideMatrices() {
    assertThatThrownBy(() -> values(new Orthogonal<>(1f, 7L), 3, 4))
        .isInstanceOf(NullPointerException.class);
  }

  /**
   * {@link Initializers#glorotUniform} is our own for this reason: a window of 5 x 5 with 8 inputs
   * and 12 outputs has the limit sqrt(6 / (25 * (8 + 12))) = 0.1095, not 0.0387.
   */
  @Test
  void glorotMiscountsTheFansOfConvolutions() {
    float largest = 0;
    for (float value : values(new Glorot<>(UNIFORM, 7L), 5, 5, 8, 12)) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isCloseTo(0.0387f, within(1e-4f));
  }

  /** {@code Evaluation} sums in Java for this reason: nothing of ours saves such variables. */
  @Test
  void metricsKeepReferenceVariables() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      new SparseCategoricalAccuracy<>("accuracy", 1L, TFloat32.class)
          .updateState(tf, tf.constant(new int[] {1}), tf.constant(new float[][] {{0, 1}}), null);
      assertThat(types(graph)).contains("VariableV2");
    }
  }

  /** {@code ParameterOptimizer} takes its parameters from the store for this reason. */
  @Test
  void optimizersOverlookResourceVariables() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> value =
          tf.readVariableOp(tf.varHandleOp(TFloat32.class, Shape.scalar()), TFloat32.class);
      new GradientDescent(graph, 0.1f).minimize(tf.math.square(value));
      assertThat(types(graph)).doesNotContain("ResourceApplyGradientDescent", "AssignVariableOp");
    }
  }

  private static int[] bits(Initializer<TFloat32> initializer, long... shape) {
    float[] values = values(initializer, shape);
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static float[] values(Initializer<TFloat32> initializer, long... shape) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> values = initializer.call(tf, tf.constant(shape), TFloat32.class);
      try (TFloat32 tensor = (TFloat32) session.runner().fetch(values).run().get(0)) {
        float[] copy = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(copy);
        return copy;
      }
    }
  }

  private static Set<String> types(Graph graph) {
    Set<String> types = new TreeSet<>();
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      types.add(all.next().type());
    }
    return types;
  }
}
