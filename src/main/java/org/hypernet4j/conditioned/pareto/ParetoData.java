// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.TwoDigits;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ParetoModelSpec;
import org.jspecify.annotations.Nullable;

/** Pictures of two digits. */
record ParetoData(TwoDigits.Splits pictures) implements MemberData {
  private static final long SEED = 1;

  /** Makes the pictures; validation and test have one for each image. */
  static ParetoData load(ExperimentSpec spec, @Nullable Path folder) {
    ImageSplits images = ImageDatasets.load(spec.data(), folder);
    int each = ((ParetoModelSpec) spec.model()).picturesPerImage();
    return new ParetoData(
        TwoDigits.of(
            images,
            Math.multiplyExact(each, images.train().count()),
            images.validation().count(),
            images.test().count(),
            SEED));
  }

  @Override
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    for (TwoDigits part : List.of(pictures.train(), pictures.validation(), pictures.test())) {
      digest.update(part.fingerprint().getBytes(US_ASCII));
    }
    return Sha256.hex(digest);
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d pictures of two digits", pictures.train().count());
  }
}
