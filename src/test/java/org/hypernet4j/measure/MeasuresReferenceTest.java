// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.Test;

/**
 * Every measure against NumPy's: {@code python-compat-tests/numpy_reference/measures.py} made the
 * file, from the definitions and by other ways (all pairs, all cells of a grid). {@code
 * test_numpy_measures.py} checks that the file holds ties, empty bins, zeros and edges of bins.
 */
class MeasuresReferenceTest {
  private static final Map<String, NpyArray> STORED =
      Npz.read(Path.of("src/test/resources/measure/measures.npz"));

  private static double[] flat(String name) {
    return array(name).doubles();
  }

  private static double number(String name) {
    return flat(name)[0];
  }

  private static NpyArray array(String name) {
    return Objects.requireNonNull(STORED.get(name), name);
  }

  private static double[][] rows(double[] flat, int columns) {
    double[][] rows = new double[flat.length / columns][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * columns, (i + 1) * columns));
    return rows;
  }

  @Test
  void calibration() {
    Calibration made = Calibration.of(rows(flat("probabilities"), 5), array("labels").ints());

    assertThat(made.nll()).isCloseTo(number("nll"), within(1e-12));
    assertThat(made.accuracy()).isEqualTo(number("accuracy"));
    assertThat(made.ece()).isCloseTo(number("ece"), within(1e-12));
    assertThat(made.bins().stream().mapToInt(Calibration.Bin::count))
        .containsExactly(Arrays.stream(array("binCounts").ints()).boxed().toArray(Integer[]::new));
    double[] edges = flat("binEdges");
    for (int b = 0; b < Calibration.BINS; b++) {
      Calibration.Bin bin = made.bins().get(b);
      assertThat(bin.from()).isEqualTo(edges[b]);
      assertThat(bin.to()).isEqualTo(edges[b + 1]);
      same(bin.confidence(), flat("binConfidences")[b]);
      same(bin.accuracy(), flat("binAccuracies")[b]);
    }
  }

  private static void same(double made, double expected) {
    if (Double.isNaN(expected)) {
      assertThat(made).isNaN();
    } else {
      assertThat(made).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void uncertaintyOfDraws() {
    double[][] all = rows(flat("draws"), 4);
    double[][][] draws = new double[7][][];
    Arrays.setAll(draws, r -> Arrays.copyOfRange(all, 30 * r, 30 * (r + 1)));

    PredictiveUncertainty made = PredictiveUncertainty.of(draws);

    assertThat(made.entropy()).containsExactly(flat("meanEntropy"), within(1e-12));
    assertThat(made.mutualInformation()).containsExactly(flat("mutualInformation"), within(1e-12));
  }

  @Test
  void ranksAndTheirCorrelation() {
    assertThat(Ranks.of(flat("first"))).isEqualTo(flat("ranks"));
    assertThat(Ranks.spearman(flat("first"), flat("second")))
        .isCloseTo(number("spearman"), within(1e-12));
  }

  @Test
  void areaUnderTheRoc() {
    double made = Roc.auroc(flat("inside"), flat("outside"));
    assertThat(made).isCloseTo(number("auroc"), within(1e-12));
  }

  @Test
  void hypervolume() {
    double[] reference = flat("reference");
    double made = Hypervolume.of(rows(flat("points"), 2), reference[0], reference[1]);
    assertThat(made).isCloseTo(number("hypervolume"), within(1e-12));
  }
}
