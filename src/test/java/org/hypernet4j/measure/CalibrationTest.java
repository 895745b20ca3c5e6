// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

/** Small cases worked by hand; many examples in {@link MeasuresReferenceTest}. */
class CalibrationTest {
  private static final double[][] FOUR = {{0.9, 0.1}, {0.2, 0.8}, {0.6, 0.4}, {0.5, 0.5}};

  /** 0.5 belongs to the lower bin; there its tie goes to class 0, which is wrong. */
  @Test
  void twoBinsByHand() {
    Calibration made = Calibration.of(FOUR, new int[] {0, 0, 0, 1}, 2);

    assertThat(made.accuracy()).isEqualTo(0.5);
    assertThat(made.nll()).isCloseTo(-Math.log(0.9 * 0.2 * 0.6 * 0.5) / 4, within(1e-15));
    assertThat(made.bins().get(0)).isEqualTo(new Calibration.Bin(0, 0.5, 1, 0.5, 0));
    Calibration.Bin upper = made.bins().get(1);
    assertThat(upper.count()).isEqualTo(3);
    assertThat(upper.confidence()).isCloseTo(2.3 / 3, within(1e-15));
    assertThat(upper.accuracy()).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(made.ece()).isCloseTo(0.25 * 0.5 + 0.75 * (2.3 - 2) / 3, within(1e-15));
  }

  /** Each k / 15 is the upper edge of bin k - 1, however the product with 15 rounds. */
  @Test
  void edgesBelongToTheBinBelow() {
    for (int k = 6; k <= 15; k++) {
      double p = k / 15.0;
      double rest = (1 - p) / 2;
      Calibration made = Calibration.of(new double[][] {{rest, p, rest}}, new int[] {1});
      assertThat(made.bins().get(k - 1).count()).as("%s / 15", k).isEqualTo(1);
      assertThat(made.ece()).isCloseTo(1 - p, within(1e-15));
    }
  }

  @Test
  void emptyBinsHaveNoMeanAndNoPartInTheError() {
    Calibration made = Calibration.of(new double[][] {{1, 0}, {0, 1}}, new int[] {0, 1});
    assertThat(made.ece()).isZero();
    assertThat(made.nll()).isZero();
    assertThat(made.bins()).hasSize(15);
    assertThat(made.bins().get(14)).isEqualTo(new Calibration.Bin(14 / 15.0, 1, 2, 1, 1));
    assertThat(made.bins().get(0).confidence()).isNaN();
    assertThat(made.bins().get(0).accuracy()).isNaN();
  }

  @Test
  void aLabelThatWasRuledOutHasAnInfiniteLoss() {
    assertThat(Calibration.of(new double[][] {{1, 0}}, new int[] {1}).nll()).isInfinite();
  }

  /** exp(-110) is 0 in float32; log(1 + exp(-110)) is below half a unit in the last place. */
  @Test
  void logitsKeepSmallProbabilities() {
    double[][] p = Probabilities.softmax(new float[][] {{1000, 890}, {0, 0}});
    assertThat(Calibration.of(p, new int[] {1, 0}).nll())
        .isCloseTo((110 + Math.log(2)) / 2, within(1e-12));
    assertThatThrownBy(() -> Probabilities.softmax(new float[][] {{0, Float.POSITIVE_INFINITY}}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received Infinity at index 0");
  }

  @Test
  void sumsOfFloat32AreNearEnoughToOne() {
    assertThat(Probabilities.of(new float[][] {{0.7f, 0.3f}})[0][0]).isEqualTo(0.7f);
    // 1.00005 counts as the surest bin
    Calibration made = Calibration.of(new double[][] {{1.00005, 0}}, new int[] {0});
    assertThat(made.bins().get(14).count()).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoPrediction() {
    int[] labels = {0};
    refused("sum is 1 within 1.0E-4, received 1.0002 in row 0", labels, 0.9, 0.1002);
    refused("0 to 1, received -0.5 of class 1 in row 0", labels, 1.5, -0.5);
    refused("0 to 1, received NaN of class 0 in row 0", labels, Double.NaN, 1);
    refused("labels: a label out of range; expected 0 to 1, received 2", new int[] {2}, 1, 0);
    refused("labels: a label out of range; expected 0 to 1, received -1", new int[] {-1}, 1, 0);
    refused("expected 1 values, received 2 labels", new int[] {0, 1}, 1, 0);
    refused("expected 1 probabilities in each row, received 0 in row 0", labels);
    assertThatThrownBy(() -> Calibration.of(new double[0][], new int[0]))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("probabilities: there is nothing to measure");
    assertThatThrownBy(() -> Calibration.of(new double[][] {{1, 0}, {1}}, new int[] {0, 0}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 2 probabilities in each row, received 1 in row 1");
    assertThatThrownBy(() -> Probabilities.of(new float[][] {{3, -1}}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Pass the output of a softmax, not logits");
  }

  private static void refused(String message, int[] labels, double... row) {
    assertThatThrownBy(() -> Calibration.of(new double[][] {row}, labels))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void binsAreACopy() {
    List<Calibration.Bin> bins = Calibration.of(FOUR, new int[4]).bins();
    assertThatThrownBy(() -> bins.remove(0)).isInstanceOf(UnsupportedOperationException.class);
  }
}
