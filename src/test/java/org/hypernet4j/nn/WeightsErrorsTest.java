// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.LowRankChange;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.WeightTable;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Weights that do not fit each other, their inputs or their network. */
class WeightsErrorsTest {
  private static Operand<TFloat32> zeros(Ops tf, long... sizes) {
    return tf.zeros(tf.constant(sizes), TFloat32.class);
  }

  private static Operand<TFloat32> unknown(Ops tf, Shape shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  private static void refused(ThrowingCallable call, String part) {
    assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(part);
  }

  private static Weights layer(Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();
    tensors.put("l/kernel", kernel);
    tensors.put("l/bias", bias);
    return Weights.of(tensors);
  }

  @Test
  void aWeightThatIsNotThere() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Weights weights = layer(zeros(tf, 2, 3), zeros(tf, 3));
      assertThatThrownBy(() -> weights.dense(tf, "m", zeros(tf, 4, 2)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "weight 'm/kernel': the network reads a weight that was not given; expected one of"
                  + " [l/kernel, l/bias], received m/kernel. Did you mean 'l/kernel'?");
      refused(() -> Weights.of(Map.of()).get(tf, "l/bias"), "Add it to the table of the network.");
    }
  }

  @Test
  void shapesOfDenseLayers() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Operand<TFloat32> x = zeros(tf, 4, 2);
      Operand<TFloat32> bias = zeros(tf, 3);
      String wrongKernel = "dense layer 'l': the kernel has the wrong shape; expected [in, out] or";
      for (Operand<TFloat32> kernel :
          List.of(
              zeros(tf, 6),
              zeros(tf, 1, 1, 2, 3),
              unknown(tf, Shape.of(-1, -1)),
              unknown(tf, Shape.unknown()))) {
        refused(() -> layer(kernel, bias).dense(tf, "l", x), wrongKernel);
      }
      refused(() -> layer(zeros(tf, 2, 3), bias).dense(tf, "l", zeros(tf, 2)), "x has the wrong");
      refused(
          () -> layer(zeros(tf, 2, 3), bias).dense(tf, "l", unknown(tf, Shape.unknown())),
          "x has the wrong shape");
      refused(
          () -> layer(zeros(tf, 3, 3), bias).dense(tf, "l", x),
          "x has the wrong shape; expected [?, 3], received [4, 2]");
      refused(
          () -> layer(zeros(tf, 3, 3), bias).dense(tf, "l", zeros(tf, 5, 4, 2)),
          "x has the wrong shape; expected [?, ?, 3], received [5, 4, 2]");
      refused(
          () -> layer(zeros(tf, 3, 2, 3), bias).dense(tf, "l", x),
          "kernels has the wrong shape; expected [4, 2, ?], received [3, 2, 3]");
      refused(
          () -> layer(zeros(tf, 3, 2, 3), bias).dense(tf, "l", zeros(tf, 5, 4, 2)),
          "the kernel has the wrong shape; expected [5, 2, 3], received [3, 2, 3]");
      refused(
          () -> layer(zeros(tf, 2, 3), zeros(tf, 2)).dense(tf, "l", x),
          "the bias has the wrong shape; expected [3], received [2]");
      refused(
          () -> layer(zeros(tf, 2, 3), zeros(tf, 3, 3)).dense(tf, "l", x),
          "the bias has the wrong shape; expected [4, 3], received [3, 3]");
    }
  }

  @Test
  void shapesOfConvolutions() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Operand<TFloat32> x = zeros(tf, 4, 5, 5, 2);
      refused(
          () -> layer(zeros(tf, 2, 3), zeros(tf, 3)).conv2d(tf, "l", x, 1),
          "convolution 'l': the kernel has the wrong shape");
      refused(
          () -> layer(zeros(tf, 3, 3, 1, 3), zeros(tf, 3)).conv2d(tf, "l", x, 1),
          "kernel has the wrong shape; expected [?, ?, 2, ?], received [3, 3, 1, 3]");
      refused(
          () -> layer(zeros(tf, 3, 3, 2, 3), zeros(tf, 5, 3)).conv2d(tf, "l", x, 1),
          "the bias has the wrong shape; expected [4, 3], received [5, 3]");
      refused(
          () -> layer(zeros(tf, 3, 3, 2, 3), zeros(tf, 2)).conv2d(tf, "l", x, 1),
          "the bias has the wrong shape; expected [3], received [2]");
    }
  }

  /** One row is not that of three, although TensorFlow would repeat it. */
  @Test
  void aSingleRowIsNotRepeated() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Map<String, Operand<TFloat32>> wrong = new LinkedHashMap<>();
      Operand<TFloat32> x = open(tf, 3, 2);
      Operand<TFloat32> batches = open(tf, 3, 4, 2);
      Operand<TFloat32> bias = zeros(tf, 3);
      wrong.put("kernels", layer(open(tf, 1, 2, 3), bias).dense(tf, "l", x));
      wrong.put("the kernel", layer(open(tf, 1, 2, 3), bias).dense(tf, "l", batches));
      wrong.put("the bias", layer(zeros(tf, 2, 3), open(tf, 1, 3)).dense(tf, "l", x));
      wrong.put("the bias: wrong", layer(zeros(tf, 2, 3), open(tf, 1, 3)).dense(tf, "l", batches));
      wrong.put(
          "the bias: wrong first",
          layer(zeros(tf, 1, 1, 2, 3), open(tf, 1, 3)).conv2d(tf, "l", open(tf, 3, 4, 4, 2), 1));
      wrong.put(
          "the change",
          layer(open(tf, 3, 2, 3), bias)
              .changed(
                  Map.of("l/kernel", new LowRankChange(open(tf, 1, 2, 1), open(tf, 1, 1, 3), 1)))
              .get(tf, "l/kernel"));
      wrong.forEach(
          (name, y) ->
              assertThatThrownBy(() -> test.fetch(y))
                  .as(name)
                  .hasMessageContainingAll(name, "wrong first sizes", "[3]", "[[1]]"));
    }
  }

  private static Operand<TFloat32> open(Ops tf, long... sizes) {
    long[] known = sizes.clone();
    known[0] = -1;
    return tf.placeholderWithDefault(
        tf.constant(
            Shape.of(sizes), DataBuffers.of(new float[(int) Shape.of(sizes).size()], true, false)),
        Shape.of(known));
  }

  @Test
  void changesThatDoNotFit() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Weights weights = layer(zeros(tf, 2, 3), zeros(tf, 3));
      LowRankChange fits = new LowRankChange(zeros(tf, 2, 1), zeros(tf, 1, 3), 1);
      refused(() -> weights.changed(Map.of("m/kernel", fits)), "weight 'm/kernel': the network");
      refused(
          () -> weights.changed(Map.of("l/bias", fits)),
          "weight 'l/bias': the change of low rank does not fit");
      LowRankChange tall = new LowRankChange(zeros(tf, 3, 1), zeros(tf, 1, 3), 1);
      assertThatThrownBy(() -> weights.changed(Map.of("l/kernel", tall)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "weight 'l/kernel': the change of low rank does not fit; expected a kernel of m x n"
                  + " weights, A [m, r] and B [r, n], received a weight [2, 3], A [3, 1], B [1,"
                  + " 3].");
      Weights changed = weights.changed(Map.of("l/kernel", fits));
      refused(() -> changed.changed(Map.of("l/kernel", fits)), "is changed twice");
    }
  }

  @Test
  void aHypernetworkOfAnotherNetwork() {
    try (TestGraph test = new TestGraph()) {
      TargetNetwork net =
          TargetNetwork.of(WeightTable.empty().dense("l", 2, 3), (tf, w, x) -> w.dense(tf, "l", x));
      HeadKernels design = HeadKernels.of(List.of(), TargetVariance.XAVIER);
      refused(
          () ->
              new ConditionedNetwork(
                  net,
                  design.conditioned(
                      test.store.root().child("a"), WeightTable.empty().dense("m", 2, 3), 1)),
          "weight 'l/kernel': the hypernetwork does not make what the network reads; expected [2,"
              + " 3], received weights [m/kernel, m/bias].");
      refused(
          () ->
              new ConditionedNetwork(
                  net,
                  design.conditioned(
                      test.store.root().child("b"), WeightTable.empty().dense("l", 2, 4), 1)),
          "expected [2, 3], received [2, 4].");
    }
  }
}
