// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import java.util.Locale;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;

/** Images; their labels are not used. */
record SineImagesData(ImageSplits splits) implements MemberData {
  @Override
  public String fingerprint() {
    return splits.fingerprint();
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d images", splits.train().count());
  }
}
