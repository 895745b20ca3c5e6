// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

/** What {@code doctor} compares between devices. */
class SpeedCheckTest {
  /** Inputs are (i % 13 - 6) / 7: -6/7, -5/7, -4/7, -3/7 row by row. */
  @Test
  void valuesOfAProductAreThoseByHand() {
    SpeedCheck check = new SpeedCheck(new SessionOptions(1, false, false), "CPU");
    Shape two = Shape.of(2, 2);
    float[] product = check.values("CPU", two, two, SpeedCheck::product).get(0);
    float[] expected = {56 / 49f, 45 / 49f, 36 / 49f, 29 / 49f};
    for (int i = 0; i < 4; i++) {
      assertEquals(expected[i], product[i], 1e-6f);
    }
  }

  /** Half the sum of squares of k x for one pixel: k k x by x, k x x by k; k = x = -6/7. */
  @Test
  void aGradientHasTheValuesOfBothInputs() {
    SpeedCheck check = new SpeedCheck(new SessionOptions(1, false, false), "CPU");
    Shape one = Shape.of(1, 1, 1, 1);
    List<float[]> gradients = check.values("CPU", one, one, SpeedCheck::withGradient);
    assertEquals(2, gradients.size());
    assertEquals(-216 / 343.0, gradients.get(0)[0], 1e-6);
    assertEquals(-216 / 343.0, gradients.get(1)[0], 1e-6);
  }

  @Test
  void aDifferenceIsRelativeToTheLargestValue() {
    List<float[]> expected = List.of(new float[] {1, -4}, new float[] {2});
    assertEquals(0, SpeedCheck.difference(expected, expected));
    assertEquals(
        0.125, SpeedCheck.difference(expected, List.of(new float[] {1.5f, -4}, new float[] {2})));
  }

  @Test
  void whatIsNoNumberDiffers() {
    List<float[]> expected = List.of(new float[] {1, 2});
    assertTrue(Double.isNaN(SpeedCheck.difference(expected, List.of(new float[] {Float.NaN, 2}))));
  }
}
