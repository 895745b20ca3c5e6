// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Parameters of translation models, by hand. A cell of N units that reads I numbers has 4N(I+N) +
 * 4N, as a layer-normalised LSTM 4N(I+N) + 10N, as a HyperLSTM what {@link PaperCountsTest} states.
 * A model has V e for the embedding and N V for the softmax; two cells of e in the lowest layer of
 * the encoder, one of 2N above, N in the others; decoder cells of e + N and 2N; the attention N A +
 * D A + 2A + 1 with normalisation.
 */
class TranslationCountsTest {
  private static ExperimentSpec read(String name, String... overrides) {
    return SpecFiles.read(Path.of("graphs", name + ".json"), List.of(overrides));
  }

  private static long count(ExperimentSpec spec) {
    ParameterTable table = ParameterTable.of(spec.model());
    assertThat(table.trainable()).isEqualTo(table.total());
    return table.total();
  }

  /**
   * A model of as many layers in the encoder as in the decoder, cells given by their input size.
   */
  private static long byHand(long v, long e, long n, int layers, LongUnaryOperator cell) {
    long cells = 2 * cell.applyAsLong(e) + cell.applyAsLong(e + n);
    for (int layer = 1; layer < layers; layer++) {
      cells += cell.applyAsLong(layer == 1 ? 2 * n : n) + cell.applyAsLong(2 * n);
    }
    return v * e + n * v + cells + 2 * n * n + 2 * n + 1;
  }

  private static LongUnaryOperator lstm(long n, long perUnit) {
    return i -> 4 * n * (i + n) + perUnit * n;
  }

  /** With layer normalisation of both cells. */
  private static LongUnaryOperator hyperLstm(long n, long m, long e) {
    return i ->
        4 * n * (i + n)
            + 4 * n
            + 4 * m * (i + n + m)
            + 4 * m
            + 8 * (m * e + e + e * n)
            + 4 * (m * e + e * n)
            + 10 * n
            + 10 * m;
  }

  @Test
  void countsModelsForTwoCores() {
    assertThat(count(read("multi30k-ln-hyperlstm")))
        .isEqualTo(byHand(8000, 256, 256, 2, hyperLstm(256, 64, 16)))
        .isEqualTo(8_899_585);
    assertThat(count(read("multi30k-ln-lstm")))
        .isEqualTo(byHand(8000, 256, 256, 2, lstm(256, 10)))
        .isEqualTo(7_648_257);
    // 0.15 % more than the HyperLSTM's; one unit less would be 0.25 % fewer
    assertThat(count(read("multi30k-ln-lstm-equal")))
        .isEqualTo(byHand(8000, 256, 293, 2, lstm(293, 10)))
        .isEqualTo(8_912_991);
  }

  @ParameterizedTest
  @CsvSource({"multi30k-ln-hyperlstm, 12506113", "multi30k-ln-lstm, 10279937"})
  void countsFourLayers(String name, long expected) {
    assertThat(count(read(name, "model.encoderLayers=4", "model.decoderLayers=4")))
        .isEqualTo(expected);
  }

  /** GNMT with 8 and 8 layers of 1,024 units and 32,000 pieces; M 128 and E 32 as in the paper. */
  @Test
  void countsThePapersOwnSize() {
    assertThat(count(read("gnmt-lstm"))).isEqualTo(byHand(32_000, 1024, 1024, 8, lstm(1024, 4)));
    assertThat(count(read("gnmt-ln-hyperlstm")))
        .isEqualTo(byHand(32_000, 1024, 1024, 8, hyperLstm(1024, 128, 32)));
  }

  /** What is compared differs in its cells alone. */
  @Test
  void comparedModelsSeeTheSameBatches() {
    ExperimentSpec hyper = read("multi30k-ln-hyperlstm");
    for (String name : List.of("multi30k-ln-lstm", "multi30k-ln-lstm-equal")) {
      assertThat(read(name).training()).isEqualTo(hyper.training());
      assertThat(read(name).data()).isEqualTo(hyper.data());
    }
  }
}
