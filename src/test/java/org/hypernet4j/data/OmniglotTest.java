// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;

/** Figures computed with NumPy from the same files. */
class OmniglotTest {
  private static final Path STROKES = Path.of("..", "shared", "data", "strokes");

  @Test
  void theSampleIsWhatItsReadmeSays() {
    DrawingSplits sample = Omniglot.builtin();

    assertThat(sample.train().count()).isEqualTo(10_000);
    assertThat(sample.validation().count()).isEqualTo(500);
    assertThat(sample.test().count()).isEqualTo(500);
    assertThat(sample.notes()).singleElement().asString().contains("(0, 0)");
  }

  @Test
  void theSampleIsCutFromTheWholeSet() {
    assumeTrue(Files.exists(STROKES), "no copy of the whole set");
    DrawingSplits whole = Omniglot.read(STROKES);
    DrawingSplits sample = Omniglot.builtin();

    for (int i = 0; i < sample.train().count(); i++) {
      assertThat(sample.train().drawings().get(i)).isEqualTo(whole.train().drawings().get(3 * i));
    }
    for (int i = 0; i < 500; i++) {
      PenDrawing validation = whole.validation().drawings().get(2 * i);
      assertThat(sample.validation().drawings().get(i)).isEqualTo(validation);
      assertThat(sample.test().drawings().get(i)).isEqualTo(whole.test().drawings().get(2 * i));
    }
  }

  @Test
  void theWholeSetHasItsPublishedCountsAndScale() {
    assumeTrue(Files.exists(STROKES), "no copy of the whole set");
    DrawingSplits whole = Omniglot.read(STROKES.resolve("omniglot.flat.npz"));

    assertThat(whole.train().count()).isEqualTo(30_000);
    assertThat(whole.train().points()).isEqualTo(933_430 - 30_000);
    assertThat(whole.validation().points()).isEqualTo(31_719 - 1000);
    assertThat(whole.test().points()).isEqualTo(31_144 - 1000);
    assertThat(whole.validation().longest()).isEqualTo(156);
    StrokeScaling scaling = StrokeScaling.of(whole.train(), StrokeScaling.Kind.ONE_SD);
    assertThat(scaling.sdX()).isCloseTo(53.437046f, within(1e-4f)).isEqualTo(scaling.sdY());
    assertThat(scaling.meanX()).isZero();
    assertThat(scaling.natsPerPoint()).isCloseTo(7.957, within(5e-4));
    StrokeScaling axes = StrokeScaling.of(whole.train(), StrokeScaling.Kind.PER_AXIS);
    assertThat(axes.meanX()).isCloseTo(4.626118f, within(1e-5f));
    assertThat(axes.meanY()).isCloseTo(4.717389f, within(1e-5f));
    assertThat(axes.sdX()).isCloseTo(52.126900f, within(1e-4f));
    assertThat(axes.sdY()).isCloseTo(56.409748f, within(1e-4f));
  }
}
