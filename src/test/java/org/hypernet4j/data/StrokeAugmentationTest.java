// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;

class StrokeAugmentationTest {
  private static final PenDrawing DRAWING = drawing(400);

  /** Strokes of 1 to 9 points. */
  private static PenDrawing drawing(int points) {
    StatelessRandom random = StatelessRandom.of(5);
    float[] rows = new float[points * 3];
    int left = 3;
    for (int i = 0; i < points; i++) {
      rows[3 * i] = random.below(4L * i, 41) - 20;
      rows[3 * i + 1] = random.below(4L * i + 1, 41) - 20;
      left--;
      if (left == 0) {
        rows[3 * i + 2] = 1;
        left = 1 + random.below(4L * i + 2, 9);
      }
    }
    return PenDrawing.of("test", rows);
  }

  /** sketch-rnn's utils.py, augment_strokes and random_scale, line by line. */
  private static List<double[]> plain(
      PenDrawing drawing, double scale, boolean apart, double dropping, StatelessRandom random) {
    double fx = (random.fold("scale").uniform(0) - 0.5) * 2 * scale + 1;
    double fy = apart ? (random.fold("scale").uniform(1) - 0.5) * 2 * scale + 1 : fx;
    List<double[]> result = new ArrayList<>();
    double[] previous = {0, 0, 1};
    double[] stroke = {0, 0, 1};
    int count = 0;
    for (int i = 0; i < drawing.points(); i++) {
      double[] candidate = {drawing.dx(i) * fx, drawing.dy(i) * fy, drawing.lifted(i) ? 1 : 0};
      if (candidate[2] == 1 || previous[2] == 1) {
        count = 0;
      } else {
        count++;
      }
      double u = random.fold("drop").uniform(i);
      if (candidate[2] == 0 && previous[2] == 0 && count > 2 && u < dropping) {
        stroke[0] += candidate[0];
        stroke[1] += candidate[1];
      } else {
        stroke = candidate;
        previous = stroke;
        result.add(stroke);
      }
    }
    return result;
  }

  @Test
  void doesWhatSketchRnnDoes() {
    for (int seed = 0; seed < 20; seed++) {
      StatelessRandom random = StatelessRandom.of(seed);
      boolean apart = seed % 2 == 0;
      float[] rows = new StrokeAugmentation(0.15, apart, 0.4).apply(DRAWING, random);

      List<double[]> expected = plain(DRAWING, 0.15, apart, 0.4, random);
      assertThat(rows.length).isEqualTo(3 * expected.size()).isLessThan(3 * DRAWING.points());
      for (int i = 0; i < rows.length; i++) {
        assertThat((double) rows[i]).isCloseTo(expected.get(i / 3)[i % 3], within(1e-4));
      }
    }
  }

  @Test
  void theFourthPointOfAStrokeIsTheFirstThatCanGo() {
    float[] rows = new float[8 * 3];
    for (int i = 0; i < 8; i++) {
      rows[3 * i] = i + 1;
    }
    rows[7 * 3 + 2] = 1;

    // nearly every inner point goes: points 4 to 7 join the third, the last has the pen lifted
    float[] kept =
        new StrokeAugmentation(0, false, 0.999999)
            .apply(PenDrawing.of("test", rows), StatelessRandom.of(1));

    assertThat(kept).containsExactly(1, 0, 0, 2, 0, 0, 3 + 4 + 5 + 6 + 7, 0, 0, 8, 0, 1);
  }

  @Test
  void chanceIsWhatItSays() {
    StrokeAugmentation changes = new StrokeAugmentation(0.15, true, 0.1);
    PenDrawing line = PenDrawing.of("test", line(1000));
    double points = 0;
    double least = 2;
    double most = 0;
    double sum = 0;
    int unequal = 0;
    int tries = 400;
    for (int seed = 0; seed < tries; seed++) {
      float[] rows = changes.apply(line, StatelessRandom.of(seed));
      double x = 0;
      double y = 0;
      for (int i = 0; i < rows.length; i += 3) {
        x += rows[i];
        y += rows[i + 1];
      }
      points += rows.length / 3.0;
      least = Math.min(least, x / 1000);
      most = Math.max(most, x / 1000);
      sum += x / 1000;
      unequal += Math.abs(x - y) > 0.01 ? 1 : 0;
    }
    // 996 points may go, each with probability 0.1: sd of the mean of 400 is 0.47
    assertThat(points / tries).isCloseTo(1000 - 99.6, within(2.0));
    // uniform in 0.85 to 1.15: sd 0.0866, of the mean of 400 0.0043
    assertThat(sum / tries).isCloseTo(1, within(0.018));
    assertThat(least).isBetween(0.8499, 0.86);
    assertThat(most).isBetween(1.14, 1.1501);
    assertThat(unequal).isGreaterThan(tries * 9 / 10);
  }

  private static float[] line(int points) {
    float[] rows = new float[points * 3];
    for (int i = 0; i < points; i++) {
      rows[3 * i] = 1;
      rows[3 * i + 1] = 1;
    }
    rows[rows.length - 1] = 1;
    return rows;
  }

  @Test
  void noneLeavesADrawingAsItIs() {
    assertThat(StrokeAugmentation.NONE.apply(DRAWING, StatelessRandom.of(3)))
        .isEqualTo(DRAWING.rows());
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    for (double bad : new double[] {-0.1, 1, Double.NaN}) {
      assertThatThrownBy(() -> new StrokeAugmentation(bad, true, 0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("augmentation.scale");
      assertThatThrownBy(() -> new StrokeAugmentation(0, true, bad))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("augmentation.dropping");
    }
  }
}
