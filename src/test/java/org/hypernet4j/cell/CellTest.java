// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class CellTest {
  /** LSTM sizes of the paper's Tables 3 to 5 without the softmax; counts from the formulas. */
  @ParameterizedTest
  @CsvSource({
    "50,1000,true,false,4204000", // 4 N (I + N) + 4 N; with softmax 50,050 the paper's 4.25 M
    "50,1000,false,true,4210000", // LN-LSTM without bias: 4 N (I + N) + 10 N; 4.26 M
    "205,1800,true,false,14443200" // enwik8: with softmax 369,205 the paper's 14.81 M
  })
  void countsLstmParametersAsThePaperDoes(
      int input, int units, boolean bias, boolean norm, long expected) {
    LstmCell.Settings settings =
        LstmCell.Settings.of(input, units).withBias(bias).withLayerNorm(norm ? 1e-3f : 0f);
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      new LstmCell(store.root(), settings);
      assertThat(ParameterStore.count(store.model()))
          .isEqualTo(expected)
          .isEqualTo(settings.parameterCount());
    }
  }

  /** HyperLSTM rows of the paper: total minus softmax N V + V, see the formulas of its section. */
  @ParameterizedTest
  @CsvSource({
    "50,1000,128,4,false,4861824", // PTB HyperLSTM: 4,911,874 with softmax 50,050
    "50,1000,128,4,true,4873104", // with layer norm: 4,923,154
    "3,4,2,2,false,368",
    "3,4,2,2,true,428"
  })
  void countsHyperLstmParametersAsThePaperDoes(
      int input, int units, int hyper, int embedding, boolean norm, long expected) {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      float epsilon = norm ? 1e-3f : 0f;
      HyperLstmCell.withLstm(
          store.root(),
          HyperLstmCell.Settings.paper(input, units, embedding, epsilon),
          LstmCell.Settings.of(input + units, hyper).withLayerNorm(epsilon));
      assertThat(ParameterStore.count(store.model())).isEqualTo(expected);
    }
  }

  @Test
  void everyScalingIsOneTenthAtFirst() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 3L);
      HyperLstmCell<LstmState> cell =
          HyperLstmCell.withLstm(
              store.root(),
              HyperLstmCell.Settings.paper(5, 6, 3, 1e-3f),
              LstmCell.Settings.of(11, 4));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> any = tf.constant(new float[][] {{0.3f, -7f, 2f, 100f}, {0, 1, -1, 5}});
      List<Operand<TFloat32>> scalings = cell.scalings(tf, CellValues.make(tf), any);
      store.initialize(session);
      Session.Runner runner = session.runner();
      scalings.forEach(runner::fetch);
      try (Result result = runner.run()) {
        // E times 0.1 / E, whatever the input; the dynamic bias is 0 because D_b is
        for (int kind = 0; kind < 3; kind++) {
          TFloat32 tensor = (TFloat32) result.get(kind);
          assertThat(tensor.shape().asArray()).containsExactly(2, 24);
          float expected = kind == 2 ? 0f : 0.1f;
          tensor
              .scalars()
              .forEach(v -> assertThat(v.getFloat()).isCloseTo(expected, within(1e-7f)));
        }
      }
    }
  }

  @Test
  void saysWhatDoesNotFit() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 3L);
      LstmCell cell = new LstmCell(store.root().child("enc"), LstmCell.Settings.of(39, 4));
      Ops tf = store.root().tf();
      Operand<TFloat32> wrong = tf.zeros(tf.constant(new long[] {32, 64}), TFloat32.class);
      LstmState state = cell.zeroState(tf, tf.constant(32));
      assertThatThrownBy(() -> cell.step(tf, wrong, state))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "LSTM cell 'enc': x has the wrong shape; expected [?, 39], received [32, 64].");
      Operand<TFloat32> x = tf.zeros(tf.constant(new long[] {32, 39}), TFloat32.class);
      LstmState other =
          new LstmState(
              tf.zeros(tf.constant(new long[] {32, 5}), TFloat32.class),
              tf.zeros(tf.constant(new long[] {32, 5}), TFloat32.class));
      assertThatThrownBy(() -> cell.step(tf, x, other))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("state c has the wrong shape; expected [?, 4], received [32, 5]");
      assertThatThrownBy(
              () ->
                  new HyperLstmCell<>(
                      store.root().child("hyper"),
                      HyperLstmCell.Settings.paper(5, 6, 3, 0f),
                      (inner, size) -> new BasicRnnCell(inner, 7, 4)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the small cell has the wrong input size; expected 11");
    }
  }
}
