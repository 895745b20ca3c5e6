// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.CellSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextProbeTest {
  private static final int V = 5;
  private static final int UNITS = 6;
  private static final int HYPER_UNITS = 4;

  private static int[] text(int length) {
    return new Random(4).ints(length, 0, V).toArray();
  }

  /**
   * Against plain double arithmetic that forms W(t) and subtracts. 300 symbols are more than one
   * run of the session takes, so the border between two runs is in it.
   */
  @ParameterizedTest
  @CsvSource({"1, false, 300", "1, true, 40", "2, true, 40"})
  void changesAreTheNormsOfDifferencesOfWholeMatrices(int layers, boolean norm, int length) {
    int[] ids = text(length);
    try (ReadingModel model = new ReadingModel(ReadingModel.hyperLstm(norm), V, layers)) {
      TextTrace trace = model.read(ids);
      assertThat(trace.changes()).hasSize(layers * 3 * 4);
      List<PlainHyperLstm> plain = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        String scope = layers == 1 ? "cell/" : "cell/layer" + layer + "/";
        plain.add(new PlainHyperLstm(model.parameters, scope, UNITS, HYPER_UNITS, norm));
      }
      double[][] kernel = PlainHyperLstm.matrix(model.parameters, "softmax/kernel", UNITS);
      double[] bias = PlainHyperLstm.matrix(model.parameters, "softmax/bias", 1)[0];
      long[][] bins = new long[layers][TextTrace.Memory.BINS];
      for (int t = 0; t < length; t++) {
        double[] x = new double[V];
        x[ids[t]] = 1;
        for (int layer = 0; layer < layers; layer++) {
          PlainHyperLstm cell = plain.get(layer);
          List<double[][]> before = List.of(cell.wh, cell.wx, cell.beta);
          x = cell.step(x);
          List<double[][]> after = List.of(cell.wh, cell.wx, cell.beta);
          for (int weight = 0; weight < 3; weight++) {
            for (int gate = 0; gate < 4; gate++) {
              TextTrace.Change change = trace.changes().get((layer * 3 + weight) * 4 + gate);
              assertThat(change.gate()).isEqualTo(List.of("i", "g", "f", "o").get(gate));
              assertThat(change.weight())
                  .isEqualTo(
                      (layers == 1 ? "" : "layer" + layer + "/")
                          + List.of("W_h", "W_x", "beta").get(weight));
              double expected =
                  t == 0 ? Double.NaN : distance(before.get(weight), after.get(weight), gate);
              assertThat(change.norms()[t])
                  .as("%s %s at %d", change.weight(), gate, t)
                  .isCloseTo(expected, within(t == 0 ? 0 : 2e-4 * Math.max(1e-2, expected)));
            }
          }
          for (double c : cell.c()) {
            bins[layer][(int) Math.min(99, Math.floor((Math.tanh(c) + 1) * 50))]++;
          }
        }
        if (t + 1 < length) {
          double[] scores = PlainHyperLstm.plus(PlainHyperLstm.times(x, kernel), bias);
          double nats = Math.log(Arrays.stream(scores).map(Math::exp).sum()) - scores[ids[t + 1]];
          assertThat(trace.bits()[t + 1]).isCloseTo(nats / Math.log(2), within(1e-4));
        }
      }
      assertThat(trace.bits()[0]).isNaN();
      assertThat(trace.memories()).hasSize(layers);
      for (int layer = 0; layer < layers; layer++) {
        TextTrace.Memory memory = trace.memories().get(layer);
        assertThat(memory.part()).isEqualTo((layers == 1 ? "" : "layer" + layer + "/") + "main/c");
        assertThat(memory.total()).isEqualTo((long) length * UNITS);
        // numbers at a border may fall to either side in float32
        long moved = 0;
        for (int bin = 0; bin < bins[layer].length; bin++) {
          moved += Math.abs(bins[layer][bin] - memory.counts()[bin]);
        }
        assertThat(moved).isLessThanOrEqualTo(2);
        long outer =
            Arrays.stream(bins[layer], 0, 5).sum() + Arrays.stream(bins[layer], 95, 100).sum();
        assertThat(memory.saturated()).isCloseTo(outer, within(1L));
        assertThat(Arrays.stream(memory.shares()).sum()).isCloseTo(1, within(1e-12));
      }
    }
  }

  private static double distance(double[][] before, double[][] after, int gate) {
    double sum = 0;
    for (int r = 0; r < after.length; r++) {
      for (int k = gate * UNITS; k < (gate + 1) * UNITS; k++) {
        sum += (after[r][k] - before[r][k]) * (after[r][k] - before[r][k]);
      }
    }
    return Math.sqrt(sum);
  }

  @Test
  void aPlainLstmHasAMemoryButNoChanges() {
    try (ReadingModel model =
        new ReadingModel(
            new CellSpec.Lstm(3, false, 0.001, true, 1, CellSpec.Initializer.REFERENCE), V, 1)) {
      TextTrace trace = model.read(text(9));
      assertThat(trace.memories())
          .singleElement()
          .satisfies(m -> assertThat(m.part()).isEqualTo("c"));
      assertThat(trace.bitsPerSymbol())
          .isCloseTo(Arrays.stream(trace.bits()).skip(1).average().orElseThrow(), within(1e-12));
      trace.requireMemories("runs/a/1");
      assertThatThrownBy(() -> trace.requireChanges("runs/a/1"))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "runs/a/1: the weights of this model are the same at every step: there is no change"
                  + " to show; expected a HyperLSTM, or a HyperRNN in the scaled form. Take another"
                  + " run; the histograms of tanh(c) need only an LSTM.");
    }
  }

  @Test
  void aHyperRnnHasChangesButNoMemory() {
    try (ReadingModel model =
        new ReadingModel(new CellSpec.HyperRnn(6, 4, 2, CellSpec.HyperRnnForm.SCALED), V, 1)) {
      TextTrace trace = model.read(text(9));
      assertThat(trace.changes()).extracting(TextTrace.Change::gate).containsExactly("h", "h", "h");
      assertThat(trace.changes().get(0).norms()[3]).isPositive();
      trace.requireChanges("runs/a/1");
      assertThatThrownBy(() -> trace.requireMemories("runs/a/1"))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "runs/a/1: this model has no memory cell c; expected an LSTM or a HyperLSTM. Take"
                  + " another run.");
    }
  }

  @Test
  void saysWhatCannotBeRead() {
    try (ReadingModel model = new ReadingModel(ReadingModel.hyperLstm(true), V, 1)) {
      assertThatThrownBy(() -> model.read())
          .isInstanceOf(UserError.class)
          .hasMessage(
              "--text: the text is empty; expected 2 symbols or more: what is shown is the change"
                  + " from one to the next, received 0.");
      assertThatThrownBy(() -> model.read(3))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("--text: the text is too short; expected 2 symbols or more");
      assertThatThrownBy(() -> model.read(3, 5))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("id 1 (counted from 0) is outside of the vocabulary");
    }
  }

  @Test
  void saysThatAModelHasDiverged() {
    try (ReadingModel model = new ReadingModel(ReadingModel.hyperLstm(true), V, 1)) {
      model.set("softmax/bias", Float.NaN);
      assertThatThrownBy(() -> model.read(text(4)))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(
              "--text: the model's scores after symbol 0 (counted from 0) are not finite");
    }
  }
}
