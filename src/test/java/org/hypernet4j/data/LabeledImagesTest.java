// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;

class LabeledImagesTest {
  private static final LabeledImages FIVE =
      new LabeledImages(IdxBytes.ramp(5 * 2 * 3 * 2), 2, 3, 2, new int[] {0, 1, 2, 1, 1}, 3);

  @Test
  void sliceCopiesImagesAndLabels() {
    LabeledImages middle = FIVE.slice(1, 3);
    assertThat(middle.count()).isEqualTo(2);
    assertThat(middle.imageBytes()).isEqualTo(12);
    assertThat(middle.labels()).containsExactly(1, 2);
    assertThat(middle.pixels()).startsWith(12, 13, 14).endsWith(34, 35).hasSize(24);
    assertThat(FIVE.slice(2, 2).count()).isZero();
    assertThatThrownBy(() -> FIVE.slice(3, 6)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void countsClasses() {
    assertThat(FIVE.classCounts()).containsExactly(1, 3, 1);
  }

  /** Expected value from Python: hashlib.sha256 over struct.pack('&gt;5i', 5, 2, 3, 2, 3) etc. */
  @Test
  void fingerprintIsTheDocumentedSha256() {
    assertThat(FIVE.fingerprint())
        .isEqualTo("888f10de50d43b10c3708e2e501d53347be5cea0639719b6d1e9aa1cd52c354e");
  }

  @Test
  void fingerprintSeesShapePixelsAndLabels() {
    byte[] pixels = IdxBytes.ramp(60);
    int[] labels = {0, 1, 2, 1, 1};
    String original = FIVE.fingerprint();
    assertThat(new LabeledImages(pixels, 3, 2, 2, labels, 3).fingerprint()).isNotEqualTo(original);
    assertThat(new LabeledImages(pixels, 2, 3, 2, labels, 4).fingerprint()).isNotEqualTo(original);
    assertThat(new LabeledImages(pixels, 2, 3, 2, new int[] {0, 1, 2, 1, 0}, 3).fingerprint())
        .isNotEqualTo(original);
    pixels[59]++;
    assertThat(new LabeledImages(pixels, 2, 3, 2, labels, 3).fingerprint()).isNotEqualTo(original);
  }

  @Test
  void partsMustBelongTogether() {
    assertThatThrownBy(() -> new LabeledImages(new byte[11], 2, 3, 1, new int[2], 3))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("12 bytes for 2 labels", "[2, 3, 1]", "received 11 bytes");
    assertThatThrownBy(() -> new LabeledImages(new byte[12], 2, 3, 1, new int[] {0, 3}, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("image 1", "0 to 2", "received 3");
    assertThatThrownBy(() -> new LabeledImages(new byte[12], 2, 3, 1, new int[] {0, -1}, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received -1");
    assertThatThrownBy(() -> new LabeledImages(new byte[0], 0, 3, 1, new int[2], 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("sizes must be positive");
    // 2^32 pixels would wrap to none in int arithmetic
    assertThatThrownBy(() -> new LabeledImages(new byte[0], 65536, 65536, 1, new int[1], 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("4294967296 bytes");
  }

  @Test
  void splitsCutTheLastImagesOffForValidation() {
    ImageSplits splits = ImageSplits.cut(FIVE, 2, FIVE.slice(0, 1));
    assertThat(splits.train().labels()).containsExactly(0, 1, 2);
    assertThat(splits.validation().labels()).containsExactly(1, 1);
    assertThat(splits.validation().pixels()).startsWith(36, 37).hasSize(24);
    assertThat(splits.test().count()).isEqualTo(1);
  }

  @Test
  void splitsRefuseEmptyPartsAndMixtures() {
    for (int validation : new int[] {-1, 0, 5, 6}) {
      assertThatThrownBy(() -> ImageSplits.cut(FIVE, validation, FIVE))
          .isInstanceOf(UserError.class)
          .hasMessageContainingAll("expected 1 to 4 of 5", "received " + validation);
    }
    LabeledImages other = new LabeledImages(new byte[4], 2, 2, 1, new int[1], 3);
    assertThatThrownBy(() -> ImageSplits.cut(FIVE, 1, other))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("test images", "[2, 3, 2] in 3 classes", "[2, 2, 1] in 3 classes");
  }

  /** Expected value from Python: SHA-256 of the three hex fingerprints, each with a line feed. */
  @Test
  void splitsHaveOneFingerprint() {
    assertThat(ImageSplits.cut(FIVE, 2, FIVE.slice(0, 1)).fingerprint())
        .isEqualTo("4c2aa4fe9be160ce02df6994686a3b97af9b7696a86c7f4d00513732f5c6229f");
  }
}
