// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.OutsideImages;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.spec.DataSpec;
import org.jspecify.annotations.Nullable;

/**
 * Digits to learn, and what is not one of them to measure doubt with.
 *
 * @param digits for training, validation and test
 * @param outside sets of other images
 */
record UncertaintyData(ImageSplits digits, OutsideSets outside) implements MemberData {
  private static final double QUARTER = 90;

  /** Reads digits and outside sets; see {@link OutsideSets#load}. */
  static UncertaintyData load(DataSpec spec, @Nullable Path folder) {
    return new UncertaintyData(
        ImageDatasets.load(spec, folder == null ? null : OutsideSets.digits(folder)),
        OutsideSets.load(folder));
  }

  /** The test digits turned by 90 degrees, counter-clockwise, with their labels. */
  LabeledImages turned() {
    return OutsideImages.turned(digits.test(), QUARTER);
  }

  /** That of the digits: nothing is learned from the rest. */
  @Override
  public String fingerprint() {
    return digits.fingerprint();
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d images", digits.train().count());
  }

  @Override
  public List<String> notes() {
    return outside.notes();
  }
}
