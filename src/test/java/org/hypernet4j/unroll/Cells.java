// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.List;
import java.util.function.Function;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.GruCell;
import org.hypernet4j.cell.HyperGruCell;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperRnnCell;
import org.hypernet4j.cell.HyperRnnFullCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.ResidualCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.graph.ParameterScope;

/** One of every cell and wrapper, input size 3, each small enough to be unrolled. */
@SuppressWarnings("ImmutableEnumChecker") // a factory without state
enum Cells {
  BASIC(scope -> new BasicRnnCell(scope, 3, 4)),
  LSTM(scope -> new LstmCell(scope, LstmCell.Settings.of(3, 4).withRecurrentDropout(true))),
  LAYER_NORM_LSTM(
      scope ->
          LstmCell.layerNorm(scope, LstmCell.Settings.layerNorm(3, 4).withRecurrentDropout(true))),
  HYPER_LSTM(scope -> hyperLstm(scope, 0f, 5)),
  LAYER_NORM_HYPER_LSTM(scope -> hyperLstm(scope, 1e-3f, 5)),
  HYPER_LSTM_WITH_LARGE_EMBEDDING(scope -> hyperLstm(scope, 1e-3f, 17)),
  /** Large enough for its products to be kept for the gradient. */
  WIDE_HYPER_LSTM(
      scope ->
          HyperLstmCell.withLstm(
              scope,
              HyperLstmCell.Settings.paper(3, 33, 2, 1e-3f),
              LstmCell.Settings.of(36, 32).withLayerNorm(1e-3f))),
  HYPER_LSTM_IN_HYPER_LSTM(
      scope ->
          new HyperLstmCell<>(
              scope,
              HyperLstmCell.Settings.paper(3, 4, 2, 1e-3f),
              (inner, size) ->
                  HyperLstmCell.withLstm(
                      inner,
                      HyperLstmCell.Settings.paper(size, 3, 2, 0f),
                      LstmCell.Settings.of(size + 3, 2)))),
  GRU(scope -> new GruCell(scope, GruCell.Settings.of(3, 4).withRecurrentDropout(true))),
  GRU_RESET_BEFORE(
      scope ->
          new GruCell(
              scope,
              GruCell.Settings.of(3, 4)
                  .withResetAfter(false)
                  .withLayerNorm(true)
                  .withRecurrentDropout(true))),
  HYPER_GRU(
      scope ->
          HyperGruCell.withGru(
              scope,
              HyperGruCell.Settings.of(3, 4, 2).withLayerNorm(true).withRecurrentDropout(true),
              GruCell.Settings.of(7, 3).withRecurrentDropout(true))),
  HYPER_GRU_RESET_BEFORE(
      scope ->
          new HyperGruCell<>(
              scope,
              HyperGruCell.Settings.of(3, 4, 17).withResetAfter(false),
              (inner, size) -> new LstmCell(inner, LstmCell.Settings.of(size, 3)))),
  /** Large enough for its products to be kept, and their derivatives formed after the loop. */
  WIDE_GRU(scope -> new GruCell(scope, GruCell.Settings.of(3, 34).withResetAfter(false))),
  /** The memory alone is normalised, without a shift; a wrapped small cell. */
  MAGENTA_HYPER_LSTM(
      scope ->
          new HyperLstmCell<>(
              scope,
              HyperLstmCell.Settings.of(3, 4, 2).withLayerNorm(0f, 1e-3f).withLayerNormBias(false),
              (inner, size) ->
                  new StateOutputCell<>(new LstmCell(inner, LstmCell.Settings.of(size, 2))))),
  HYPER_RNN(
      scope ->
          new HyperRnnCell<>(scope, 3, 4, 2, (inner, size) -> new BasicRnnCell(inner, size, 3))),
  HYPER_RNN_FULL(
      scope ->
          new HyperRnnFullCell<>(
              scope, 3, 4, 2, (inner, size) -> new BasicRnnCell(inner, size, 3))),
  RESIDUAL(scope -> new ResidualCell<>(new LstmCell(scope, LstmCell.Settings.of(3, 3)))),
  STATE_OUTPUT(scope -> new StateOutputCell<>(new LstmCell(scope, LstmCell.Settings.of(3, 2)))),
  DROPOUT(
      scope ->
          new DropoutCell<>(
              new LstmCell(scope, LstmCell.Settings.of(3, 2).withRecurrentDropout(true)),
              true,
              true)),
  STACK(
      scope ->
          new StackedCell(
              List.of(
                  hyperLstm(scope.child("low"), 1e-3f, 2),
                  new LstmCell(scope.child("top"), LstmCell.Settings.of(4, 3))),
              true));

  private final Function<ParameterScope, RnnCell<?>> make;

  Cells(Function<ParameterScope, RnnCell<?>> make) {
    this.make = make;
  }

  RnnCell<?> make(ParameterScope scope) {
    return make.apply(scope);
  }

  private static RnnCell<?> hyperLstm(ParameterScope scope, float epsilon, int embedding) {
    return HyperLstmCell.withLstm(
        scope,
        HyperLstmCell.Settings.paper(3, 4, embedding, epsilon).withRecurrentDropout(true),
        LstmCell.Settings.of(7, 5).withLayerNorm(epsilon).withRecurrentDropout(true));
  }
}
