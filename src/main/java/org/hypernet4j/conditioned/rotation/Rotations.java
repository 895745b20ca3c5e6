// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.conditioned.MemberData;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.ImageTask;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.RotationsSpec;
import org.jspecify.annotations.Nullable;

/**
 * Images turned by angles, a task each.
 *
 * @param tasks those of the training first
 * @param spec the angles of the tasks
 * @param base the weights of a trained network by name, where the model has one and begins with it
 */
record Rotations(ImageTasks tasks, RotationsSpec spec, Map<String, float[]> base)
    implements MemberData {

  /**
   * Reads the images.
   *
   * @param folder the user's copy of the data, or null for the built-in sample
   */
  static Rotations load(ExperimentSpec spec, RotationsSpec angles, @Nullable Path folder) {
    ImageSplits images = ImageDatasets.load(spec.data(), folder);
    return new Rotations(ImageTasks.rotated(images, angles.all()), angles, Map.of());
  }

  /** The same with a trained network. */
  Rotations withBase(Map<String, float[]> weights) {
    return new Rotations(tasks, spec, weights);
  }

  /** The tasks of the training. */
  List<ImageTask> seen() {
    return tasks.tasks().subList(0, spec.seen().size());
  }

  @Override
  public String fingerprint() {
    return tasks.fingerprint();
  }

  @Override
  public String size() {
    return String.format(
        Locale.ROOT,
        "%,d images at %d %s",
        tasks.get(0).train().count(),
        spec.seen().size(),
        spec.seen().size() == 1 ? "angle" : "angles");
  }
}
