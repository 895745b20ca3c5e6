package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperRnnCell;
import org.hypernet4j.cell.HyperRnnFullCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;

/** Recurrent cells as specification files describe them. */
final class SpecCells {
  private static final int GATES = 4;
  private static final Initializer RECURRENT = Initializers.orthogonalBlocks(GATES, 1f);

  private SpecCells() {}

  /**
   * One cell in the scope itself, or a stack with a scope for each of them, numbered from 0.
   *
   * @param keep says which dropout masks the cells take
   */
  static RnnCell<?> of(
      ParameterScope scope, CellSpec spec, int inputSize, int layers, KeepSpec keep) {
    if (layers == 1) {
      return one(scope, spec, inputSize, keep);
    }
    List<RnnCell<?>> cells = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      int input = i == 0 ? inputSize : spec.units();
      cells.add(one(scope.child("layer" + i), spec, input, keep));
    }
    return new StackedCell(cells, keep.between() < 1);
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
              .withInitializers(inputInitializer(lstm.initializer()), RECURRENT));
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
    }
    throw new IllegalArgumentException("Unknown cell " + spec);
  }

  private static RnnCell<?> hyperLstm(
      ParameterScope scope, CellSpec.HyperLstm spec, int input, KeepSpec keep) {
    Initializer inputs = inputInitializer(spec.initializer());
    float epsilon = (float) spec.epsilon();
    return HyperLstmCell.withLstm(
        scope,
        HyperLstmCell.Settings.of(input, spec.units(), spec.embeddingSize())
            .withForgetBias((float) spec.forgetBias())
            .withLayerNorm(spec.layerNorm() ? epsilon : 0f)
            .withRecurrentDropout(keep.recurrent() < 1)
            .withInitializers(inputs, RECURRENT),
        LstmCell.Settings.of(input + spec.units(), spec.hyperUnits())
            .withForgetBias((float) spec.hyperForgetBias())
            .withLayerNorm(spec.hyperLayerNorm() ? epsilon : 0f)
            .withRecurrentDropout(keep.hyperRecurrent() < 1)
            .withInitializers(inputs, RECURRENT));
  }

  private static Initializer inputInitializer(CellSpec.Initializer initializer) {
    return initializer == CellSpec.Initializer.REFERENCE
        ? Initializers.glorotUniform()
        : Initializers.orthogonalBlocks(GATES, 1f);
  }
}
