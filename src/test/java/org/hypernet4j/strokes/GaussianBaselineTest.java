// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.Omniglot;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;

class GaussianBaselineTest {
  /** The figures are NumPy's for the same file, from covariances and inverse matrices. */
  @Test
  void fitsTheBuiltInSampleAsNumPyDoes() {
    DrawingSplits data = Omniglot.builtin();
    StrokeScaling scaling = StrokeScaling.of(data.train(), StrokeScaling.Kind.ONE_SD);
    GaussianBaseline three = GaussianBaseline.of(data.train(), data.validation(), scaling, true);
    assertThat(three.points()).isCloseTo(31.434, within(1e-9));
    assertThat(three.single()).isCloseTo(2.784378027, within(1e-5));
    assertThat(three.offset()).isCloseTo(2.289310498, within(1e-5));
    assertThat(three.pen() * three.points()).isCloseTo(12.927766441, within(1e-5));
    assertThat(three.nats()).isCloseTo(84.889952642, within(1e-3));

    GaussianBaseline two = GaussianBaseline.of(data.train(), data.validation(), scaling, false);
    assertThat(two.offset()).isEqualTo(three.offset());
    assertThat(two.pen() * two.points()).isCloseTo(8.463536728, within(1e-5));
  }

  /** No Gaussian of two dimensions fits starts that are all at one place. */
  @Test
  void isNotANumberWhereNothingCanBeFitted() {
    float[] rows = {0, 0, 0, 1, 2, 0, -3, 1, 1, 2, -2, 0, 1, 5, 1, -4, 1, 1, 2, 2, 1, 0, -3, 1};
    DrawingPart part =
        new DrawingPart(
            "same starts",
            List.of(PenDrawing.of("first", rows), PenDrawing.of("second", rows)),
            List.of());
    GaussianBaseline baseline = GaussianBaseline.of(part, part, StrokeScaling.IDENTITY, true);
    assertThat(baseline.offset()).isNaN();
    assertThat(baseline.nats()).isNaN();
    assertThat(baseline.single()).isFinite();
    // 3 points down, 5 lifted and 1 end of each drawing: the entropy of 3/9, 5/9, 1/9
    double entropy = -(3 * Math.log(3 / 9.0) + 5 * Math.log(5 / 9.0) + Math.log(1 / 9.0)) / 8;
    assertThat(baseline.pen()).isCloseTo(entropy, within(1e-12));
  }
}
