// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltLanguageModel.ALL;
import static org.hypernet4j.zoo.BuiltLanguageModel.IDS;
import static org.hypernet4j.zoo.BuiltLanguageModel.V;
import static org.hypernet4j.zoo.BuiltLanguageModel.hyperLstm;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.junit.jupiter.api.Test;

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
                      new LanguageModel.Training(1, built.tf.constant(4L)))
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
