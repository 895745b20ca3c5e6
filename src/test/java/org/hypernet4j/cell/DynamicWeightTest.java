// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class DynamicWeightTest {
  private static final float[][] X = {{0.3f, -1f, 2f, 0.5f}, {0, 1, -1, 0.2f}};

  /** What a wrapper adds happens outside of the cell, so the cell's weights stay what they are. */
  @Test
  void wrappersLeaveTheWeightsAlone() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 3L);
      HyperLstmCell<LstmState> cell =
          HyperLstmCell.withLstm(
              store.root(),
              HyperLstmCell.Settings.paper(4, 4, 2, 1e-3f),
              LstmCell.Settings.of(8, 3));
      Ops tf = store.root().child("test").tf();
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (StatePart part : cell.stateLayout().parts()) {
        float[][] values = new float[2][part.size()];
        for (float[] row : values) {
          for (int i = 0; i < row.length; i++) {
            row[i] = 0.1f * (i + 1) - 0.2f;
          }
        }
        parts.add(tf.constant(values));
      }
      List<Operand<TFloat32>> scales = new ArrayList<>();
      for (RnnCell<HyperLstmState<LstmState>> one :
          List.of(
              cell,
              new ResidualCell<>(cell),
              new DropoutCell<>(cell, true, true),
              new DropoutCell<>(cell, false, true),
              new StateOutputCell<>(cell))) {
        CellValues values = CellValues.make(tf);
        List<DynamicWeight> weights =
            one.dynamicWeights(
                tf,
                values,
                one.project(tf, values, tf.constant(X)),
                one.stateLayout().state(parts));
        assertThat(weights).extracting(DynamicWeight::name).containsExactly("W_h", "W_x", "beta");
        weights.forEach(weight -> scales.add(weight.scale()));
      }
      store.initialize(session);
      Random random = new Random(2);
      var shaken = ParameterValues.read(session, store.model());
      shaken
          .values()
          .forEach(
              array -> {
                for (int i = 0; i < array.length; i++) {
                  array[i] += (float) (0.3 * random.nextGaussian());
                }
              });
      ParameterValues.assign(session, store, shaken);

      Session.Runner runner = session.runner();
      scales.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < scales.size(); i++) {
          float[] flat = new float[2 * 16];
          ((TFloat32) result.get(i)).asRawTensor().data().asFloats().read(flat);
          values.add(flat);
          assertThat(flat).containsExactly(values.get(i % 3), within(1e-6f));
        }
        assertThat(values.get(0)).isNotEqualTo(values.get(1));
      }
    }
  }
}
