// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.spec.BytesDataSpec;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.ClipSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageDataSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.PtbDataSpec;
import org.hypernet4j.spec.ScheduleSpec;
import org.hypernet4j.spec.SpecFiles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language models of the paper as they are shipped: parameter counts and settings. */
class PaperCountsTest {

  private static ExperimentSpec read(String name) {
    return SpecFiles.read(Path.of("graphs", name + ".json"), List.of());
  }

  /**
   * Exact counts from the formulas 4N(I+N) + 4N for an LSTM (10N more and 4N less for an LN-LSTM),
   * {@code 4N(I+N)+4N + 4M(I+N+M)+4M + 8(ME+E+EN) + 4(ME+EN)} for a HyperLSTM, 10N + 10M more with
   * layer normalisation, and NV + V for the softmax, computed by hand; the last column is what
   * Tables 3 and 4 print, in millions. The two marked rows do not follow from the formulas: 5.09
   * and 18.73 would.
   */
  @ParameterizedTest
  @CsvSource({
    "ptb-lstm-1000,          4254050, 4.25",
    "ptb-lstm-1250,          6567550, 6.57",
    "ptb-lstm-2x1000,       12258050, 12.26",
    "ptb-ln-lstm,            4260050, 4.26",
    "ptb-hyperlstm,          4911874, 4.91",
    "ptb-ln-hyperlstm,       4923154, 4.92",
    "ptb-ln-hyperlstm-large, 5085682, 5.06!",
    "ptb-ln-hyperlstm-2layer, 14407714, 14.41",
    "enwik8-lstm-1800,      14812405, 14.81",
    "enwik8-lstm-2000,      18058205, 18.06",
    "enwik8-ln-lstm,        14823205, 14.82",
    "enwik8-hyperlstm,      18708213, 18.71",
    "enwik8-ln-hyperlstm,   18728773, 18.78!",
    "enwik8-ln-hyperlstm-2048, 26541773, 26.54"
  })
  void countsWhatThePaperCounts(String name, long expected, String printed) {
    ExperimentSpec spec = read(name);
    ParameterTable table = ParameterTable.of(spec.model());

    assertThat(table.total()).isEqualTo(expected).isEqualTo(table.trainable());
    String rounded = "%.2f".formatted(expected / 1e6);
    if (printed.endsWith("!")) {
      String paper = printed.substring(0, printed.length() - 1);
      assertThat(rounded).isNotEqualTo(paper);
      assertThat(spec.description())
          .contains("%,d parameters by the formulas".formatted(expected))
          .contains("the paper prints " + paper + " M");
    } else {
      assertThat(rounded).isEqualTo(printed);
      assertThat(spec.description()).contains(printed + " M parameters");
    }
    assertThat(ParameterTable.describe(spec))
        .contains("softmax")
        .contains("%,d".formatted(expected))
        .doesNotContain("generated weights");
    assertThat(table.replacedIn(ParameterTable.plain(spec.model()))).isZero();
  }

  /** Sections A.3.3 and A.3.4: keep values are input / output / recurrent / hyper / between. */
  @ParameterizedTest
  @CsvSource({
    "ptb-lstm-1000,            1000,   0,  0, 1, 100, 0.9,  0.9,  0.9,  1, 1",
    "ptb-lstm-1250,            1250,   0,  0, 1, 100, 0.9,  0.9,  0.9,  1, 1",
    "ptb-lstm-2x1000,          1000,   0,  0, 2, 100, 0.9,  0.9,  0.9,  1, 1",
    "ptb-ln-lstm,              1000,   0,  0, 1, 100, 0.9,  0.9,  0.9,  1, 1",
    "ptb-hyperlstm,            1000, 128,  4, 1, 100, 0.9,  0.9,  0.9,  1, 1",
    "ptb-ln-hyperlstm,         1000, 128,  4, 1, 100, 0.9,  0.9,  0.9,  1, 1",
    "ptb-ln-hyperlstm-large,   1000, 128, 16, 1, 100, 0.85, 0.85, 0.85, 1, 1",
    "ptb-ln-hyperlstm-2layer,  1000, 128, 16, 2, 100, 0.8,  0.8,  0.8,  1, 1",
    "enwik8-lstm-1800,         1800,   0,  0, 1, 250, 1,    1,    1,    1, 1",
    "enwik8-lstm-2000,         2000,   0,  0, 1, 250, 1,    1,    1,    1, 1",
    "enwik8-ln-lstm,           1800,   0,  0, 1, 250, 1,    1,    0.9,  1, 1",
    "enwik8-hyperlstm,         1800, 256, 64, 1, 250, 1,    1,    0.9,  1, 1",
    "enwik8-ln-hyperlstm,      1800, 256, 64, 1, 250, 1,    1,    0.9,  1, 1",
    "enwik8-ln-hyperlstm-2048, 2048, 512, 64, 1, 300, 1,    1,    0.85, 0.85, 1"
  })
  void settingsAreThePapers(
      String name,
      int units,
      int hyperUnits,
      int embedding,
      int layers,
      int length,
      double input,
      double output,
      double recurrent,
      double hyperRecurrent,
      double between) {
    ExperimentSpec spec = read(name);
    LanguageModelSpec model = (LanguageModelSpec) spec.model();
    boolean ptb = name.startsWith("ptb");

    assertThat(model.symbols()).isEqualTo(ptb ? 50 : 205);
    assertThat(model.layers()).isEqualTo(layers);
    assertThat(model.keep())
        .isEqualTo(new KeepSpec(input, output, recurrent, hyperRecurrent, between));
    assertThat(model.cell().units()).isEqualTo(units);
    boolean norm = name.contains("-ln-");
    if (model.cell() instanceof CellSpec.HyperLstm hyper) {
      assertThat(hyper.hyperUnits()).isEqualTo(hyperUnits);
      assertThat(hyper.embeddingSize()).isEqualTo(embedding);
      assertThat(hyper.layerNorm()).isEqualTo(norm).isEqualTo(hyper.hyperLayerNorm());
    } else {
      assertThat(hyperUnits).isZero();
      assertThat(((CellSpec.Lstm) model.cell()).layerNorm()).isEqualTo(norm);
    }
    assertThat(spec.data()).isInstanceOf(ptb ? PtbDataSpec.class : BytesDataSpec.class);
    assertThat(((LanguageDataSpec) spec.data()).sequenceLength()).isEqualTo(length);
    assertThat(spec.training().batchSize()).isEqualTo(128);
    assertThat(spec.training().gradientClip()).isEqualTo(new ClipSpec.GlobalNorm(1));
    assertThat(spec.training().optimizer()).isInstanceOf(OptimizerSpec.Adam.class);
    assertThat(spec.training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Constant(0.001));
  }

  /** The models that are trained side by side: counts by the formulas above, by hand. */
  @ParameterizedTest
  @CsvSource({
    "ptb-small-lstm,         578950",
    "ptb-small-ln-lstm,      582450",
    "ptb-small-hyperlstm,    577498",
    "ptb-small-ln-hyperlstm, 581138"
  })
  void smallModelsHaveAboutEqualCountsAndSeeTheSameBatches(String name, long expected) {
    ExperimentSpec spec = read(name);
    ExperimentSpec first = read("ptb-small-lstm");

    assertThat(ParameterTable.of(spec.model()).total())
        .isEqualTo(expected)
        .isBetween(Math.round(0.985 * 580_000), Math.round(1.015 * 580_000)); // 3 % in all
    assertThat(spec.training()).isEqualTo(first.training());
    assertThat(spec.data()).isEqualTo(first.data());
    assertThat(((LanguageModelSpec) spec.model()).keep())
        .isEqualTo(((LanguageModelSpec) first.model()).keep());
  }

  /** The sizes S, M and P of the speed figures: B, T, N, M, E. */
  @ParameterizedTest
  @CsvSource({
    "bench-hyperlstm-s,  32,  50,  256,  64, 8",
    "bench-hyperlstm-m,  64, 100,  512, 128, 4",
    "bench-hyperlstm-p, 128, 100, 1000, 128, 4"
  })
  void benchmarksHaveTheirSizes(String name, int b, int t, int n, int m, int e) {
    ExperimentSpec spec = read(name);
    LanguageModelSpec model = (LanguageModelSpec) spec.model();
    CellSpec.HyperLstm cell = (CellSpec.HyperLstm) model.cell();

    assertThat(spec.training().batchSize()).isEqualTo(b);
    assertThat(((LanguageDataSpec) spec.data()).sequenceLength()).isEqualTo(t);
    assertThat(List.of(cell.units(), cell.hyperUnits(), cell.embeddingSize()))
        .containsExactly(n, m, e);
    assertThat(cell.layerNorm() && cell.hyperLayerNorm()).isTrue();
    assertThat(model.keep()).isEqualTo(new KeepSpec(1, 1, 1, 1, 1));
  }
}
