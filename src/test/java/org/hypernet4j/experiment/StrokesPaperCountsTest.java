// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Parameters of models of strokes. By hand, with I input columns, K = 20: 4N(I+N) + 4N for an LSTM,
 * 6N more with layer normalisation and no bias, a HyperLSTM as in {@link PaperCountsTest}, and
 * C(N+1) for the mixture, C = 121 with a Bernoulli pen (I = 3), 123 with one of three states (I =
 * 5).
 */
class StrokesPaperCountsTest {
  private static ExperimentSpec read(String name, String... overrides) {
    return SpecFiles.read(Path.of("graphs", name + ".json"), List.of(overrides));
  }

  private static long count(ExperimentSpec spec) {
    ParameterTable table = ParameterTable.of(spec.model());
    assertThat(table.trainable()).isEqualTo(table.total());
    return table.total();
  }

  /** The last column is what Table 5 prints, in millions. */
  @ParameterizedTest
  @CsvSource({
    "strokes-iam-lstm-900,         3363421, 3.36",
    "strokes-iam-lstm-1000,        4137121, 4.14",
    "strokes-iam-lstm-3x400,       3258121, 3.26",
    "strokes-iam-lstm-2x650,       5161771, 5.16",
    "strokes-iam-ln-lstm-900,      3368821, 3.37",
    "strokes-iam-ln-lstm-1000,     4143121, 4.14",
    "strokes-iam-ln-hyperlstm-900, 3951461, 3.95",
    "strokes-iam-hyperlstm-900,    3941181, 3.94"
  })
  void countsWhatThePaperCounts(String name, long expected, String printed) {
    assertThat(count(read(name))).isEqualTo(expected);
    assertThat("%.2f".formatted(expected / 1e6)).isEqualTo(printed);
  }

  /** Graves' three layers: inputs 3, 3 + 400 and 3 + 400, and a mixture that reads all 1200. */
  @Test
  void countsGravesSkips() {
    assertThat(count(read("strokes-iam-lstm-3x400", "model.skips=true"))).isEqualTo(3_364_521);
  }

  /** Normalisation in the small cell alone, of which the paper's count cannot tell. */
  @Test
  void countsTheSmallCellsNormalisation() {
    assertThat(count(read("strokes-iam-hyperlstm-900", "model.cell.hyperLayerNorm=true")))
        .isEqualTo(3_942_461);
  }

  /** Sketch-rnn as magenta's code has it by default: 512 units, an encoder of 2 x 256, z of 128. */
  @Test
  void countsSketchRnn() {
    String cell = "model.cell={\"type\":\"lstm\",\"units\":512}";
    assertThat(count(read("strokes-omniglot-lstm", cell))).isEqualTo(1_123_963);
    assertThat(
            count(
                read(
                    "strokes-omniglot-lstm",
                    cell,
                    "model.latent={\"encoder\":{\"type\":\"lstm\",\"units\":256}}")))
        .isEqualTo(2_186_107);
  }

  /** The four of each set that are trained side by side, on equal terms. */
  @ParameterizedTest
  @CsvSource({"lstm, 501099", "ln-lstm, 503115", "hyperlstm, 505107", "ln-hyperlstm, 508707"})
  void smallModelsHaveAboutEqualCountsAndSeeTheSameBatches(String name, long expected) {
    for (String set : List.of("omniglot", "kanji")) {
      ExperimentSpec spec = read("strokes-" + set + "-" + name);
      ExperimentSpec first = read("strokes-" + set + "-lstm");
      assertThat(count(spec)).as(set).isEqualTo(expected);
      assertThat(spec.training()).isEqualTo(first.training());
      assertThat(spec.data()).isEqualTo(first.data());
    }
  }
}
