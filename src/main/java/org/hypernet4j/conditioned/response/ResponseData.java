// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import java.nio.file.Path;
import java.util.Locale;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.error.UserError;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.spec.BestResponseModelSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** Few training images, and all others. */
record ResponseData(ImageSplits splits) implements MemberData {
  /** Takes the first of the training images. */
  static ResponseData load(ExperimentSpec spec, @Nullable Path folder) {
    ImageSplits all = ImageDatasets.load(spec.data(), folder);
    LabeledImages train = all.train();
    int images = ((BestResponseModelSpec) spec.model()).images();
    if (images > train.count()) {
      throw UserError.in("model.images")
          .what("there are not so many training images")
          .expected("at most " + train.count())
          .received(images)
          .build();
    }
    return new ResponseData(new ImageSplits(train.slice(0, images), all.validation(), all.test()));
  }

  @Override
  public String fingerprint() {
    return splits.fingerprint();
  }

  @Override
  public String size() {
    return String.format(
        Locale.ROOT,
        "%,d training images, %,d of validation",
        splits.train().count(),
        splits.validation().count());
  }
}
