// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.GruCell;
import org.hypernet4j.cell.HyperGruCell;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperRnnCell;
import org.hypernet4j.cell.HyperRnnFullCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.SoftWindowCell;
import org.hypernet4j.cell.SoftWindowSettings;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.WindowSpec;

/** Recurrent cells as specification files describe them. */
final class SpecCells {

  private SpecCells() {}

  /**
   * One cell in the scope itself, or a stack with a scope for each of them, numbered from 0.
   *
   * @param keep determines which dropout masks the cells take
   */
  static RnnCell<?> of(
      ParameterScope scope, CellSpec spec, int inputSize, int layers, KeepSpec keep) {
    return of(scope, spec, inputSize, layers, keep, false);
  }

  /**
   * As {@link #of(ParameterScope, CellSpec, int, int, KeepSpec)}.
   *
   * @param skips whether the input goes to every layer and the output of every layer to the top
   */
  static RnnCell<?> of(
      ParameterScope scope,
      CellSpec spec,
      int inputSize,
      int layers,
      KeepSpec keep,
      boolean skips) {
    if (layers == 1) {
      return one(scope, spec, inputSize, keep);
    }
    List<RnnCell<?>> cells = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      int input = i == 0 ? inputSize : spec.units() + (skips ? inputSize : 0);
      cells.add(one(scope.child("layer" + i), spec, input, keep));
    }
    boolean between = keep.between() < 1;
    return skips ? StackedCell.withSkips(cells, between) : new StackedCell(cells, between);
  }

  /** Layers that read a text, with a scope for each, numbered from 0, and their window. */
  static SoftWindowCell writing(
      ParameterScope scope,
      WindowSpec window,
      CellSpec spec,
      int inputSize,
      int layers,
      KeepSpec keep) {
    SoftWindowSettings settings =
        settings(window)
            .withInitialStep((float) window.initialStep())
            .withOutputDropout(keep.between() < 1);
    List<RnnCell<?>> cells = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      int input = settings.layerInputSize(i, inputSize, i == 0 ? 0 : spec.units());
      cells.add(one(scope.child("layer" + i), spec, input, keep));
    }
    return new SoftWindowCell(scope, settings, cells);
  }

  private static SoftWindowSettings settings(WindowSpec window) {
    int components = window.components();
    int characters = window.characters();
    return switch (window.form()) {
      case GRAVES -> SoftWindowSettings.graves(components, characters);
      case SCRIBE -> SoftWindowSettings.scribe(components, characters);
      case VASQUEZ -> SoftWindowSettings.vasquez(components, characters);
    };
  }

  private static RnnCell<?> one(ParameterScope scope, CellSpec spec, int input, KeepSpec keep) {
    if (spec instanceof CellSpec.BasicRnn rnn) {
      return new BasicRnnCell(scope, input, rnn.units());
    } else if (spec instanceof CellSpec.Lstm lstm) {
      return new LstmCell(
          scope,
          LstmCell.Settings.of(input, lstm.units())
              .withBias(lstm.bias())
              .withForgetBias((float) lstm.forgetBias())
              .withLayerNorm(lstm.layerNorm() ? (float) lstm.epsilon() : 0f)
              .withRecurrentDropout(keep.recurrent() < 1)
              .withInitializers(input(lstm.initializer(), 4), recurrent(4)));
    } else if (spec instanceof CellSpec.HyperRnn rnn) {
      int units = rnn.units();
      int embedding = rnn.embeddingSize();
      return rnn.form() == CellSpec.HyperRnnForm.SCALED
          ? new HyperRnnCell<>(
              scope,
              input,
              units,
              embedding,
              (s, size) -> new BasicRnnCell(s, size, rnn.hyperUnits()))
          : new HyperRnnFullCell<>(
              scope,
              input,
              units,
              embedding,
              (s, size) -> new BasicRnnCell(s, size, rnn.hyperUnits()));
    } else if (spec instanceof CellSpec.HyperLstm lstm) {
      return hyperLstm(scope, lstm, input, keep);
    } else if (spec instanceof CellSpec.Gru gru) {
      return new GruCell(
          scope,
          GruCell.Settings.of(input, gru.units())
              .withBias(gru.bias())
              .withResetAfter(gru.resetAfter())
              .withLayerNorm(gru.layerNorm() ? (float) gru.epsilon() : 0f)
              .withRecurrentDropout(keep.recurrent() < 1)
              .withInitializers(input(gru.initializer(), 3), recurrent(3)));
    } else if (spec instanceof CellSpec.HyperGru gru) {
      return hyperGru(scope, gru, input, keep);
    }
    throw new IllegalArgumentException("Unknown cell " + spec);
  }

  private static RnnCell<?> hyperLstm(
      ParameterScope scope, CellSpec.HyperLstm spec, int input, KeepSpec keep) {
    Initializer inputs = input(spec.initializer(), 4);
    float epsilon = (float) spec.epsilon();
    return HyperLstmCell.withLstm(
        scope,
        HyperLstmCell.Settings.of(input, spec.units(), spec.embeddingSize())
            .withForgetBias((float) spec.forgetBias())
            .withLayerNorm(spec.layerNorm() ? epsilon : 0f)
            .withRecurrentDropout(keep.recurrent() < 1)
            .withInitializers(inputs, recurrent(4)),
        LstmCell.Settings.of(input + spec.units(), spec.hyperUnits())
            .withForgetBias((float) spec.hyperForgetBias())
            .withLayerNorm(spec.hyperLayerNorm() ? epsilon : 0f)
            .withRecurrentDropout(keep.hyperRecurrent() < 1)
            .withInitializers(inputs, recurrent(4)));
  }

  private static RnnCell<?> hyperGru(
      ParameterScope scope, CellSpec.HyperGru spec, int input, KeepSpec keep) {
    Initializer inputs = input(spec.initializer(), 3);
    float epsilon = (float) spec.epsilon();
    return HyperGruCell.withGru(
        scope,
        HyperGruCell.Settings.of(input, spec.units(), spec.embeddingSize())
            .withResetAfter(spec.resetAfter())
            .withLayerNorm(spec.layerNorm() ? epsilon : 0f)
            .withRecurrentDropout(keep.recurrent() < 1)
            .withInitializers(inputs, recurrent(3)),
        GruCell.Settings.of(input + spec.units(), spec.hyperUnits())
            .withResetAfter(spec.resetAfter())
            .withLayerNorm(spec.hyperLayerNorm() ? epsilon : 0f)
            .withRecurrentDropout(keep.hyperRecurrent() < 1)
            .withInitializers(inputs, recurrent(3)));
  }

  private static Initializer input(CellSpec.Initializer initializer, int gates) {
    return initializer == CellSpec.Initializer.REFERENCE
        ? Initializers.glorotUniform()
        : Initializers.orthogonalBlocks(gates, 1f);
  }

  private static Initializer recurrent(int gates) {
    return Initializers.orthogonalBlocks(gates, 1f);
  }
}
