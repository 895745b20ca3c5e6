// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;

class DrawingPartTest {
  private static final PenDrawing LINE = PenDrawing.of("test", new float[] {1, 2, 0, 3, 4, 1});
  private static final PenDrawing DOT = PenDrawing.of("test", new float[] {0, 0, 1});

  private static DrawingPart part(List<PenDrawing> drawings, String... texts) {
    return new DrawingPart("part of test", drawings, List.of(texts));
  }

  @Test
  void countsWhatItHolds() {
    DrawingPart part = part(List.of(LINE, DOT), "l", ".");

    assertThat(part.count()).isEqualTo(2);
    assertThat(part.points()).isEqualTo(3);
    assertThat(part.longest()).isEqualTo(2);
    assertThat(part.first(1)).isEqualTo(part(List.of(LINE), "l"));
    assertThat(part.first(7)).isEqualTo(part);
    assertThat(part(List.of()).longest()).isZero();
  }

  @Test
  void theFingerprintTellsDrawingsApart() {
    DrawingPart part = part(List.of(LINE, DOT));
    PenDrawing other = PenDrawing.of("test", new float[] {1, 2, 0, 3, 4.000001f, 1});

    // Python: sha256(struct.pack('>ii6fi3f', 2, 2, 1, 2, 0, 3, 4, 1, 1, 0, 0, 1)).hexdigest()
    assertThat(part.fingerprint())
        .isEqualTo("01c7ca15d3aa3a6e04c3a5c1fde3c01dc1d5b8782dcaddaf25add5363d868578");
    assertThat(part(List.of(other, DOT)).fingerprint()).isNotEqualTo(part.fingerprint());
    assertThat(part(List.of(DOT, LINE)).fingerprint()).isNotEqualTo(part.fingerprint());
    assertThat(part(List.of(LINE, DOT), "a", "b").fingerprint()).isNotEqualTo(part.fingerprint());
    assertThat(part(List.of(LINE, DOT), "ab", "").fingerprint())
        .isNotEqualTo(part(List.of(LINE, DOT), "a", "b").fingerprint());
    assertThat(new DrawingSplits(part, part, part(List.of(DOT))).fingerprint())
        .isNotEqualTo(new DrawingSplits(part, part(List.of(DOT)), part).fingerprint());
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    DrawingPart part = part(List.of(LINE));
    assertThatThrownBy(() -> part(List.of(LINE, DOT), "one"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("2 texts")
        .hasMessageContaining("received 1");
    assertThatThrownBy(() -> new DrawingSplits(part, part, part(List.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("part of test: there is no drawing");
    assertThatThrownBy(() -> new DrawingSplits(part, part(List.of(DOT), "."), part))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("texts");
  }

  @Test
  void limitsLeaveOutAndCut() {
    PenDrawing far = PenDrawing.of("test", new float[] {-3000, 7, 0, 20, 1e30f, 1});
    DrawingPart train =
        new DrawingPart("train", List.of(LINE, DOT, far), List.of("l", ".", "f"), true);
    DrawingPart other = part(List.of(LINE), "l");

    DrawingSplits kept =
        new DrawingFilter(1000, 2, 2)
            .apply(new DrawingSplits(train, other, other, List.of("before")));

    assertThat(kept.train())
        .isEqualTo(
            new DrawingPart(
                "train",
                List.of(LINE, PenDrawing.of("test", new float[] {-1000, 7, 0, 20, 1000, 1})),
                List.of("l", "f"),
                true));
    assertThat(kept.notes())
        .containsExactly(
            "before",
            "training, drawings left out for fewer points than 2: 1",
            "training, offsets cut to 1000.0: 2");
    assertThat(new DrawingFilter(1000, 1, 1).apply(splits(train)).notes())
        .contains("training, drawings left out for more points than 1: 2");
    assertThatThrownBy(() -> new DrawingFilter(1000, 3, 9).apply(splits(train)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("train: there is no drawing")
        .hasMessageContaining("drawings left out for fewer points than 3: 3");
    assertThatThrownBy(() -> new DrawingFilter(0, 1, 9)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new DrawingFilter(1, 9, 1)).isInstanceOf(UserError.class);
  }

  private static DrawingSplits splits(DrawingPart part) {
    return new DrawingSplits(part, part, part);
  }
}
