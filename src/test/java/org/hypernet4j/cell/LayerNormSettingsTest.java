// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;

/** Layer normalisation of the gates and of the memory apart, with or without a shift. */
class LayerNormSettingsTest {
  /**
   * Magenta's HyperLSTM normalises the memory even with {@code use_layer_norm=False}, and the gates
   * not; its small cell is then an LSTM without any. No golden vectors of it exist: the numbers are
   * those of its equations in plain doubles.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theMemoryAloneAsInMagenta(boolean shift) {
    PlainCheck.check(
        scope ->
            HyperLstmCell.withLstm(
                scope,
                HyperLstmCell.Settings.of(2, 3, 2)
                    .withLayerNorm(0f, 1e-3f)
                    .withLayerNormBias(shift),
                LstmCell.Settings.of(5, 4)),
        PlainCells::hyperLstm,
        1);
  }

  @Test
  void noneAtAllAsInSupercell() {
    PlainCheck.check(
        scope ->
            HyperLstmCell.withLstm(
                scope, HyperLstmCell.Settings.of(2, 3, 2), LstmCell.Settings.of(5, 4)),
        PlainCells::hyperLstm,
        1);
  }

  /** 368 without layer normalisation and two times N = 4 more, counted by running that code. */
  @Test
  void countsAsMagentaDoes() {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      HyperLstmCell.withLstm(
          store.root(),
          HyperLstmCell.Settings.of(3, 4, 2).withLayerNorm(0f, 1e-3f),
          LstmCell.Settings.of(7, 2));
      assertThat(ParameterStore.count(store.model())).isEqualTo(376);
    }
  }

  @Test
  void theShiftMayBeMissing() {
    LstmCell.Settings settings = LstmCell.Settings.layerNorm(3, 4).withLayerNormBias(false);
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      LstmCell cell = LstmCell.layerNorm(store.root(), settings);
      assertThat(cell.outputSize()).isEqualTo(4);
      assertThat(store.model())
          .extracting(Parameter::name)
          .containsExactly("W_x", "W_h", "ln/gain", "ln_c/gain");
      // 4 N (I + N) and 5 N gains
      assertThat(ParameterStore.count(store.model()))
          .isEqualTo(4 * 4 * (3 + 4) + 5 * 4)
          .isEqualTo(settings.parameterCount());
    }
  }

  @Test
  void settingsAreChangedInCopies() {
    LstmCell.Settings first = LstmCell.Settings.of(3, 4);
    LstmCell.Settings second = first.withLayerNorm(true).withForgetBias(0f);
    assertThat(first.gateEpsilon()).isZero();
    assertThat(first.forgetBias()).isEqualTo(1f);
    assertThat(second.gateEpsilon()).isEqualTo(1e-3f);
    assertThat(second.memoryEpsilon()).isEqualTo(1e-3f);
    assertThat(second.withLayerNorm(false).memoryEpsilon()).isZero();
    assertThatThrownBy(() -> first.withLayerNorm(0f, -1f))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("LSTM: sizes must be positive and epsilon not negative")
        .hasMessageContaining("received epsilon of the memory -1.0");
  }
}
