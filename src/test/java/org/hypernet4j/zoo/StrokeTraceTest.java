// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltStrokeModel.BERNOULLI;
import static org.hypernet4j.zoo.BuiltStrokeModel.HYPER;
import static org.hypernet4j.zoo.BuiltStrokeModel.LATENT;
import static org.hypernet4j.zoo.BuiltStrokeModel.SKIPS;
import static org.hypernet4j.zoo.BuiltStrokeModel.TWO;
import static org.hypernet4j.zoo.BuiltStrokeModel.alone;
import static org.hypernet4j.zoo.BuiltStrokeModel.drawings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.cell.PlainCells;
import org.hypernet4j.fixtures.Arrays4;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Changes of the weights of a HyperLSTM against double arithmetic with whole matrices. */
class StrokeTraceTest {
  private static final int N = 5;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void changesAreFrobeniusNormsOfDifferencesOfMatrices(boolean bernoulli) {
    try (BuiltStrokeModel built =
        bernoulli ? new BuiltStrokeModel(HYPER, BERNOULLI) : new BuiltStrokeModel(HYPER)) {
      int[] lengths = {4, 6};
      float[][][] rows = drawings(6, lengths);
      BuiltStrokeModel.Batch batch = built.batch();
      Map<String, Operand<TFloat32>> changes =
          StrokeTrace.changes(built.tf, built.model, batch.points(), null);
      List<String> names = List.copyOf(changes.keySet());
      assertThat(names)
          .containsExactlyInAnyOrder(
              "W_h_i", "W_h_g", "W_h_f", "W_h_o", "W_x_i", "W_x_g", "W_x_f", "W_x_o", "beta_i",
              "beta_g", "beta_f", "beta_o");
      List<float[]> fetched = built.fetch(batch, rows, lengths, List.copyOf(changes.values()));

      PlainCells plain = plain(built);
      for (int b = 0; b < lengths.length; b++) {
        List<Map<String, double[]>> weights =
            weights(plain, inputs(rows, b, lengths[b], bernoulli));
        for (int t = 0; t < lengths[b]; t++) {
          for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            double[] before = Objects.requireNonNull(weights.get(t).get(name));
            double[] after = Objects.requireNonNull(weights.get(t + 1).get(name));
            double squares = 0;
            for (int k = 0; k < after.length; k++) {
              squares += (after[k] - before[k]) * (after[k] - before[k]);
            }
            assertThat((double) fetched.get(i)[t * lengths.length + b])
                .as("%s at point %d of drawing %d".formatted(name, t, b))
                .isCloseTo(Math.sqrt(squares), within(2e-6));
          }
        }
      }
    }
  }

  private static PlainCells plain(BuiltStrokeModel built) {
    Map<String, double[]> values = new HashMap<>();
    built.values.forEach(
        (name, array) -> values.put(name.replaceFirst("^cell/", ""), Arrays4.toDoubles(array)));
    return new PlainCells(values);
  }

  /** The start token and the points, as the model reads them. */
  private static List<double[]> inputs(
      float[][][] rows, int drawing, int length, boolean bernoulli) {
    List<double[]> inputs = new ArrayList<>();
    inputs.add(bernoulli ? new double[] {0, 0, 1} : new double[] {0, 0, 1, 0, 0});
    for (float[][] row : alone(rows, drawing, length)) {
      float[] p = row[0];
      inputs.add(
          bernoulli
              ? new double[] {p[0], p[1], p[2]}
              : new double[] {p[0], p[1], 1 - p[2], p[2], 0});
    }
    return inputs;
  }

  /** The matrices of every step, gate by gate: column c times its entry of the scale. */
  private static List<Map<String, double[]>> weights(PlainCells plain, List<double[]> inputs) {
    List<Map<String, double[]>> all = new ArrayList<>();
    double[][] state = {new double[N], new double[N], new double[3], new double[3]};
    for (double[] x : inputs) {
      double[][] small = plain.lstm("hyper/", PlainCells.join(x, state[1]), state[2], state[3]);
      double[][] scales = plain.scalings(small[1], 4, N);
      Map<String, double[]> weights = new HashMap<>();
      String[] gates = {"i", "g", "f", "o"};
      for (int gate = 0; gate < 4; gate++) {
        weights.put("W_h_" + gates[gate], columns(plain.get("W_h"), scales[0], gate));
        weights.put("W_x_" + gates[gate], columns(plain.get("W_x"), scales[1], gate));
        weights.put("beta_" + gates[gate], PlainCells.gate(scales[2], gate, N));
      }
      all.add(weights);
      state = plain.hyperLstm(x, state);
    }
    return all;
  }

  private static double[] columns(double[] matrix, double[] scale, int gate) {
    int rows = matrix.length / (4 * N);
    double[] own = new double[rows * N];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < N; c++) {
        own[r * N + c] = matrix[r * 4 * N + gate * N + c] * scale[gate * N + c];
      }
    }
    return own;
  }

  @Test
  void constantWeightsHaveNoChanges() {
    try (BuiltStrokeModel built = new BuiltStrokeModel(TWO, SKIPS)) {
      assertThat(StrokeTrace.changes(built.tf, built.model, built.batch().points(), null))
          .isEmpty();
    }
  }

  /** Layers have names of their own; nothing to measure, and no drawing, are no failure. */
  @Test
  void stacksAndEmptyDrawings() {
    try (BuiltStrokeModel built = new BuiltStrokeModel(HYPER, TWO, LATENT)) {
      BuiltStrokeModel.Batch batch = built.batch();
      Operand<TFloat32> z =
          built.tf.fill(
              built.tf.stack(List.of(built.tf.size(batch.lengths()), built.tf.constant(2))),
              built.tf.constant(0.3f));
      Map<String, Operand<TFloat32>> changes =
          StrokeTrace.changes(built.tf, built.model, batch.points(), z);
      assertThat(changes).hasSize(24).containsKeys("layer0_W_h_i", "layer1_beta_o");
      List<Operand<TFloat32>> all = List.copyOf(changes.values());
      assertThat(built.fetch(batch, drawings(3, 3, 3), new int[2], all))
          .allSatisfy(values -> assertThat(values).hasSize(6))
          .allSatisfy(values -> assertThat(values[0]).isPositive());
      assertThat(built.fetch(batch, drawings(0, 0, 0), new int[2], all))
          .allMatch(values -> values.length == 0);
      assertThat(built.fetch(batch, drawings(3), new int[0], all))
          .allMatch(values -> values.length == 0);
    }
  }
}
