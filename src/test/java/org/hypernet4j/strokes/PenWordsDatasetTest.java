// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.PenWords;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.DrawingAugmentationSpec;
import org.hypernet4j.spec.DrawingsSpec;
import org.hypernet4j.spec.PenWordsDataSpec;
import org.junit.jupiter.api.Test;

class PenWordsDatasetTest {
  private static final PenWordsDataSpec SPEC =
      new PenWordsDataSpec(
          30,
          4,
          5,
          1,
          9,
          new DrawingsSpec(
              DrawingsSpec.Scaling.ONE_SD,
              1000,
              1,
              1000,
              new DrawingAugmentationSpec(0, DrawingAugmentationSpec.Axes.APART, 0),
              20));

  @Test
  void theSpecificationSaysSizesAndSeed() {
    DrawingSplits words = DrawingDatasets.load(SPEC, null);
    assertThat(words.train().count()).isEqualTo(30);
    assertThat(words.validation().count()).isEqualTo(4);
    assertThat(words.test().count()).isEqualTo(5);
    assertThat(words.train().texts()).allMatch(text -> text.matches("[a-z]+"));
    assertThat(words.fingerprint()).isEqualTo(PenWords.splits(9, 30, 4, 5, 1).fingerprint());
  }

  @Test
  void aFolderIsRefused() {
    assertThatThrownBy(() -> DrawingDatasets.load(SPEC, Path.of("words")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("pen words are made, not read");
  }
}
