// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltLanguageModel.ALL;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.DynamicWeight;
import org.hypernet4j.spec.CellSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class LanguageTraceTest {
  private static final int[] IDS = {3, 0, 4, 4, 1, 2, 0};

  static List<CellSpec> cells() {
    return LanguageModelTest.cells();
  }

  /** The trace runs the cell in another way than the model: the results must be the same. */
  @ParameterizedTest
  @MethodSource("cells")
  void givesTheScoresAndStatesOfSingleSteps(CellSpec cell) {
    for (int layers = 1; layers <= 2; layers++) {
      try (BuiltLanguageModel built = new BuiltLanguageModel(cell, layers, ALL)) {
        LanguageTrace trace = built.model.trace(built.tf, built.tf.constant(IDS), built.zero(1));
        List<Operand<TFloat32>> logits = new ArrayList<>();
        List<List<Operand<TFloat32>>> states = new ArrayList<>();
        List<Operand<TFloat32>> state = built.zero(1);
        int parts = state.size();
        for (int part = 0; part < parts; part++) {
          states.add(new ArrayList<>());
        }
        for (int id : IDS) {
          LanguageModel.Scores step =
              built.model.step(built.tf, built.tf.constant(new int[] {id}), state);
          state = step.state();
          logits.add(step.logits());
          for (int part = 0; part < parts; part++) {
            states.get(part).add(state.get(part));
          }
        }
        List<Operand<TFloat32>> actual = new ArrayList<>(List.of(trace.logits()));
        actual.addAll(trace.states());
        actual.addAll(trace.finalState());
        List<Operand<TFloat32>> expected = new ArrayList<>();
        expected.add(built.tf.concat(logits, built.tf.constant(0)));
        states.forEach(part -> expected.add(built.tf.concat(part, built.tf.constant(0))));
        expected.addAll(state);
        List<float[]> got = built.fetchAll(actual);
        List<float[]> wanted = built.fetchAll(expected);
        assertThat(got).hasSameSizeAs(wanted);
        for (int i = 0; i < got.size(); i++) {
          assertThat(got.get(i)).containsExactly(wanted.get(i), within(1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void namesTheWeightsThatAHypernetworkScales(CellSpec cell) {
    try (BuiltLanguageModel built = new BuiltLanguageModel(cell, 2, ALL)) {
      LanguageTrace trace = built.model.trace(built.tf, built.tf.constant(IDS), built.zero(1));
      List<DynamicWeight> weights = trace.weights();
      if (cell instanceof CellSpec.HyperLstm || cell instanceof CellSpec.HyperGru) {
        assertThat(weights)
            .extracting(DynamicWeight::name)
            .containsExactly(
                "layer0/W_h",
                "layer0/W_x",
                "layer0/beta",
                "layer1/W_h",
                "layer1/W_x",
                "layer1/beta");
        assertThat(weights)
            .allSatisfy(
                weight ->
                    assertThat(String.join("", weight.gates()))
                        .isEqualTo(cell instanceof CellSpec.HyperGru ? "zrg" : "igfo"));
      } else if (cell instanceof CellSpec.HyperRnn rnn
          && rnn.form() == CellSpec.HyperRnnForm.SCALED) {
        assertThat(weights).hasSize(6);
        assertThat(weights).allSatisfy(weight -> assertThat(weight.gates()).containsExactly("h"));
      } else {
        assertThat(weights).isEmpty();
      }
    }
  }
}
