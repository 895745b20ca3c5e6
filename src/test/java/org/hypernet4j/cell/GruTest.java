// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** GRU and HyperGRU against Keras, and against {@link PlainCells} with finite differences. */
class GruTest {
  /**
   * Of Keras 3.15.1 (TensorFlow 2.18.1, float64): outputs of {@code GRUCell(3, reset_after=True)}
   * over three steps with the weights of {@link #fill}. {@code torch.nn.GRUCell} (PyTorch 2.15.0)
   * gives the same nine digits with its columns reordered to r, z, n.
   */
  private static final double[] AFTER = {
    0.102272558,
    0.283083811,
    0.060802285,
    0.652977756,
    0.003286709,
    -0.107616936,
    0.79221315,
    -0.198462816,
    -0.242935278
  };

  /** The same with {@code reset_after=False}. */
  private static final double[] BEFORE = {
    0.026740578,
    0.383901518,
    0.055596305,
    0.488392939,
    0.08380963,
    -0.169747217,
    0.65505977,
    -0.087221613,
    -0.327392647
  };

  /** Keras' derivative of sum_i sin(i + 1) out_i by its bias, whose rows are our b and b_h. */
  private static final double[] BY_BIAS_AFTER = {
    0.047185277,
    -0.111171689,
    0.075289219,
    0.030338786,
    0.007441611,
    -0.012734175,
    0.30781664,
    0.506625316,
    0.144575352
  };

  private static final double[] BY_RECURRENT_BIAS_AFTER = {
    0.047185277,
    -0.111171689,
    0.075289219,
    0.030338786,
    0.007441611,
    -0.012734175,
    0.208441797,
    0.176728872,
    0.056858987
  };

  private static final double[] BY_BIAS_BEFORE = {
    0.051177518,
    -0.147543724,
    0.078605717,
    0.04236968,
    0.018398571,
    -0.009557523,
    0.276267498,
    0.445821577,
    0.192311618
  };

  /** The first row of Keras' derivative by the recurrent kernel. */
  private static final double[] BY_KERNEL_AFTER = {
    -0.006583953,
    0.02647376,
    0.032263242,
    0.01545625,
    -0.008060807,
    -0.003590814,
    0.069959047,
    0.078484472,
    0.014553131
  };

  private static final double[] BY_KERNEL_BEFORE = {
    -0.01250488,
    0.014675888,
    0.024432404,
    0.020427968,
    -0.00179251,
    -0.005625427,
    0.070301253,
    0.185780653,
    0.025281616
  };

  private static float[] fill(int size, int shift) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (0.6 * Math.sin((i + 1) * 1.7 + shift));
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesWhatKerasGives(boolean resetAfter) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      GruCell cell =
          new GruCell(store.root(), GruCell.Settings.of(2, 3).withResetAfter(resetAfter));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs =
          tf.constant(new float[][][] {{{0.5f, -1.0f}}, {{0.25f, 0.75f}}, {{-0.6f, 0.1f}}});
      RnnState initial = new RnnState(tf.constant(new float[][] {{0.1f, -0.2f, 0.3f}}));
      Operand<TFloat32> out =
          tf.reshape(
              Scan.run(tf, cell, xs, initial, ScanOptions.training()).outputs(),
              tf.constant(new int[] {-1}));
      float[] weights = new float[9];
      for (int i = 0; i < 9; i++) {
        weights[i] = (float) Math.sin(i + 1);
      }
      Operand<TFloat32> loss = tf.reduceSum(tf.math.mul(out, tf.constant(weights)), tf.constant(0));
      Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();
      Gradients.of(loss, store.trainables()).forEach((p, by) -> gradients.put(p.name(), by));
      store.initialize(session);
      Map<String, float[]> values = new LinkedHashMap<>();
      values.put("W_x", fill(18, 0));
      values.put("W_h", fill(27, 1));
      values.put("b", fill(9, 2));
      if (resetAfter) {
        values.put("b_h", fill(9, 3));
      }
      assertThat(store.model()).extracting(Parameter::name).hasSameElementsAs(values.keySet());
      ParameterValues.assign(session, store, values);

      Session.Runner runner = session.runner().fetch(out);
      List<String> names = new ArrayList<>(gradients.keySet());
      names.forEach(name -> runner.fetch(gradients.get(name)));
      try (Result result = runner.run()) {
        assertClose("outputs", flat(result, 0, 9), resetAfter ? AFTER : BEFORE, 1e-6);
        assertClose(
            "by b",
            flat(result, 1 + names.indexOf("b"), 9),
            resetAfter ? BY_BIAS_AFTER : BY_BIAS_BEFORE,
            1e-6);
        assertClose(
            "by W_h",
            flat(result, 1 + names.indexOf("W_h"), 9),
            resetAfter ? BY_KERNEL_AFTER : BY_KERNEL_BEFORE,
            1e-6);
        if (resetAfter) {
          assertClose(
              "by b_h", flat(result, 1 + names.indexOf("b_h"), 9), BY_RECURRENT_BIAS_AFTER, 1e-6);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true,false", "true,true", "false,false", "false,true"})
  void isWhatItsHeaderSays(boolean resetAfter, boolean norm) {
    PlainCheck.check(
        scope ->
            new GruCell(
                scope, GruCell.Settings.of(2, 3).withResetAfter(resetAfter).withLayerNorm(norm)),
        (cells, x, state) ->
            new double[][] {cells.gru("", x, state[0], new double[0][], resetAfter)},
        0);
  }

  @ParameterizedTest
  @CsvSource({"true,false,2", "true,true,17", "false,false,2", "false,true,2"})
  void hyperGruIsWhatItsHeaderSays(boolean resetAfter, boolean norm, int embedding) {
    PlainCheck.check(
        scope ->
            HyperGruCell.withGru(
                scope,
                HyperGruCell.Settings.of(2, 3, embedding)
                    .withResetAfter(resetAfter)
                    .withLayerNorm(norm),
                GruCell.Settings.of(5, 4)),
        (cells, x, state) -> {
          double[] small =
              cells.gru("hyper/", PlainCells.join(x, state[0]), state[1], new double[0][], true);
          double[][] d = cells.scalings(small, 3, 3);
          return new double[][] {cells.gru("", x, state[0], d, resetAfter), small};
        },
        0);
  }

  @Test
  void refusesWhatNoCellCanBeMadeOf() {
    assertThatThrownBy(() -> GruCell.Settings.of(0, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("GRU: sizes must be positive and epsilon not negative")
        .hasMessageContaining("received inputSize 0, units 3, epsilon 0.0");
    assertThatThrownBy(() -> GruCell.Settings.of(1, 3).withLayerNorm(Float.NaN))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> HyperGruCell.Settings.of(1, 3, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received embeddingSize 0");
  }

  /** The first numbers of a result. */
  private static float[] flat(Result result, int index, int number) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[number];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
