// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.Locale;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;

/** Images of digits. */
record PruningData(ImageSplits splits) implements MemberData {
  @Override
  public String fingerprint() {
    return splits.fingerprint();
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d images", splits.train().count());
  }
}
