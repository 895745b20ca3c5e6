// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.nio.file.Path;
import java.util.Locale;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.TaskStreamSpec;
import org.jspecify.annotations.Nullable;

/** The tasks. */
record ContinualData(ImageTasks tasks) implements MemberData {
  /**
   * Makes the tasks of a specification.
   *
   * @param folder the user's copy of the data, or null for the built-in sample
   */
  static ContinualData load(TaskStreamSpec stream, DataSpec data, @Nullable Path folder) {
    return new ContinualData(tasks(stream, ImageDatasets.load(data, folder)));
  }

  private static ImageTasks tasks(TaskStreamSpec stream, ImageSplits images) {
    if (stream instanceof TaskStreamSpec.Split split) {
      return ImageTasks.split(images, split.classesPerTask());
    } else if (stream instanceof TaskStreamSpec.Permuted permuted) {
      return ImageTasks.permuted(images, permuted.tasks(), permuted.padding(), permuted.seed());
    } else if (stream instanceof TaskStreamSpec.Rotated rotated) {
      return ImageTasks.rotated(images, rotated.degrees());
    }
    throw new IllegalArgumentException("Unknown tasks " + stream);
  }

  @Override
  public String fingerprint() {
    return tasks.fingerprint();
  }

  @Override
  public String size() {
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int t = 0; t < tasks.count(); t++) {
      int count = tasks.get(t).train().count();
      least = Math.min(least, count);
      most = Math.max(most, count);
    }
    return least == most
        ? String.format(Locale.ROOT, "%d tasks of %,d images", tasks.count(), most)
        : String.format(Locale.ROOT, "%d tasks of %,d to %,d images", tasks.count(), least, most);
  }
}
