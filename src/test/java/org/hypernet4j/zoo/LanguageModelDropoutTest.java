// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltLanguageModel.ALL;
import static org.hypernet4j.zoo.BuiltLanguageModel.IDS;
import static org.hypernet4j.zoo.BuiltLanguageModel.V;
import static org.hypernet4j.zoo.BuiltLanguageModel.hyperLstm;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.HyperGruCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;

class LanguageModelDropoutTest {
  @Test
  void dropoutIsAFunctionOfSeedAndStep() {
    KeepSpec keep = new KeepSpec(0.5, 0.5, 0.5, 0.5, 1);
    try (BuiltLanguageModel built = new BuiltLanguageModel(hyperLstm(), 1, keep)) {
      float[] one = built.fetch(built.train(1, 0).logits());
      assertThat(built.fetch(built.train(1, 0).logits())).isEqualTo(one);
      assertThat(built.fetch(built.train(1, 1).logits())).isNotEqualTo(one);
      assertThat(built.fetch(built.train(2, 0).logits())).isNotEqualTo(one);
      assertThat(built.fetch(built.read(IDS).logits())).isNotEqualTo(one);
    }
    try (BuiltLanguageModel built = new BuiltLanguageModel(hyperLstm(), 1, ALL)) {
      assertThat(built.fetch(built.train(1, 0).logits()))
          .isEqualTo(built.fetch(built.read(IDS).logits()));
    }
  }

  /** Each kind of dropout alone changes the scores: none is forgotten on the way. */
  @Test
  void everyPlaceOfDropoutIsReached() {
    List<KeepSpec> each =
        List.of(
            new KeepSpec(0.5, 1, 1, 1, 1),
            new KeepSpec(1, 0.5, 1, 1, 1),
            new KeepSpec(1, 1, 0.5, 1, 1),
            new KeepSpec(1, 1, 1, 0.5, 1),
            new KeepSpec(1, 1, 1, 1, 0.5));
    for (KeepSpec keep : each) {
      try (BuiltLanguageModel built =
          new BuiltLanguageModel(hyperLstm(), keep.between() < 1 ? 2 : 1, keep)) {
        float[] plain = built.fetch(built.read(IDS).logits());
        assertThat(built.fetch(built.train(1, 0).logits())).as(keep.toString()).isNotEqualTo(plain);
      }
    }
  }

  private static double[] shares(RnnCell<?> cell, Keep keep) {
    KeptShares shares = new KeptShares("language model", cell, keep);
    return cell.maskParts().stream().mapToDouble(part -> shares.of(part.name())).toArray();
  }

  /** Which layer is the top one does not depend on which masks there are. */
  @Test
  void everyMaskHasTheShareOfItsPlace() {
    Keep keep = new Keep(1, 1, 0.9, 0.8, 0.7);
    Keep between = new Keep(1, 1, 1, 1, 0.7);
    try (Graph graph = new Graph()) {
      ParameterScope scope = new ParameterStore(graph, 1L).root();
      LstmCell plain = new LstmCell(scope.child("a"), LstmCell.Settings.of(3, 3));
      LstmCell dropping =
          new LstmCell(scope.child("b"), LstmCell.Settings.of(3, 3).withRecurrentDropout(true));
      RnnCell<?> output = new DropoutCell<>(plain, false, true);
      // the only mask is layer0/output, below the top
      assertThat(shares(new StackedCell(List.of(output, plain), false), between))
          .containsExactly(0.7);
      // layer0/output; layer1/output and layer1/cell/tanh_g
      RnnCell<?> both = new DropoutCell<>(dropping, false, true);
      assertThat(shares(new StackedCell(List.of(output, both), false), new Keep(1, 1, 0.9, 1, 0.7)))
          .containsExactly(0.7, 1, 0.9);
      // cell/layer0/output, cell/layer1/output, within a wrapper whose own mask stands first
      assertThat(
              shares(
                  new DropoutCell<>(new StackedCell(List.of(plain, plain), true), true, false),
                  new Keep(1, 1, 0.9, 1, 0.7)))
          .containsExactly(0.9, 0.7, 1);
      // layer0/output, layer1/layer0/output, layer1/layer1/output, layer1/output
      assertThat(
              shares(
                  new StackedCell(
                      List.of(plain, new StackedCell(List.of(plain, plain), true)), true),
                  between))
          .containsExactly(0.7, 0.7, 1, 1);
      // eleven layers: 10 is above 9
      double[] eleven = shares(new StackedCell(Collections.nCopies(11, plain), true), between);
      assertThat(eleven).startsWith(0.7, 0.7).endsWith(0.7, 1).hasSize(11);
      // tanh_g, hyper/layer0/output, hyper/layer1/output: all of the small cell is hyperRecurrent
      RnnCell<?> hyper =
          new HyperGruCell<>(
              scope.child("c"),
              HyperGruCell.Settings.of(3, 3, 2).withRecurrentDropout(true),
              (small, size) ->
                  new StackedCell(
                      List.of(
                          new LstmCell(small.child("layer0"), LstmCell.Settings.of(size, 2)),
                          new LstmCell(small.child("layer1"), LstmCell.Settings.of(2, 2))),
                      true));
      assertThat(shares(hyper, new Keep(1, 1, 0.9, 0.8, 1))).containsExactly(0.9, 0.8, 0.8);
      // layer0/tanh_g, layer0/hyper/..., layer0/output; layer1/output
      assertThat(shares(new StackedCell(List.of(hyper, plain), true), keep))
          .containsExactly(0.9, 0.8, 0.8, 0.7, 1);
    }
  }

  @Test
  void aShareThatNoMaskAppliesIsRefused() {
    try (Graph graph = new Graph()) {
      ParameterScope scope = new ParameterStore(graph, 1L).root();
      LstmCell plain = new LstmCell(scope.child("cell"), LstmCell.Settings.of(3, 3));
      assertThatThrownBy(() -> new LanguageModel(scope, plain, new Keep(1, 1, 0.9, 1, 1)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "language model, keep, recurrent: the cell has no mask that applies this dropout; its"
                  + " masks are []; expected 1.0, received 0.9. Set it to 1, or create the cell"
                  + " with this dropout.");
      assertThatThrownBy(() -> new LanguageModel(scope, plain, new Keep(1, 1, 1, 0.9, 1)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("keep, hyperRecurrent");
      // the top layer's output alone is not between layers
      StackedCell one = new StackedCell(List.of(plain), true);
      assertThatThrownBy(() -> new LanguageModel(scope, one, new Keep(1, 1, 1, 1, 0.9)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("keep, between")
          .hasMessageContaining("[layer0/output]");
      assertThat(new LanguageModel(scope, plain, new Keep(0.5, 0.5, 1, 1, 1))).isNotNull();
    }
  }

  /** With keep 0.5, an input symbol vanishes whole or counts twice; W_x is the identity here. */
  @Test
  void inputDropoutDropsSymbols() {
    int steps = 200;
    int[][] ids = new int[steps][2];
    for (int t = 0; t < steps; t++) {
      ids[t][0] = t % V;
      ids[t][1] = (t + 2) % V;
    }
    try (BuiltLanguageModel built =
        new BuiltLanguageModel(new CellSpec.BasicRnn(V), 1, new KeepSpec(0.5, 1, 1, 1, 1))) {
      float[] tenth = new float[V * V];
      for (int i = 0; i < V; i++) {
        tenth[i * V + i] = 0.1f;
      }
      float[] zeros = new float[V * V];
      ParameterValues.assign(
          built.session,
          built.store,
          Map.of(
              "cell/W_x", tenth,
              "cell/W_h", zeros,
              "cell/b", new float[V],
              "softmax/kernel", tenth,
              "softmax/bias", new float[V]));
      float[] logits =
          built.fetch(
              built
                  .model
                  .logits(
                      built.tf,
                      built.tf.constant(ids),
                      built.zero(2),
                      null,
                      new TrainingStep(1, built.tf.constant(4L)))
                  .logits());
      float shown = (float) (0.1 * Math.tanh(0.2));
      int kept = 0;
      for (int row = 0; row < 2 * steps; row++) {
        for (int v = 0; v < V; v++) {
          float value = logits[row * V + v];
          if (v == ids[row / 2][row % 2] && value != 0) {
            assertThat(value).isCloseTo(shown, within(1e-6f));
            kept++;
          } else {
            assertThat(value).isZero();
          }
        }
      }
      // binomial with 400 draws: mean 200, deviation 10
      assertThat(kept).isBetween(160, 240);
    }
  }
}
