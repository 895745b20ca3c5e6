// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;

/**
 * The angles by which images are turned about their centre, in degrees counter-clockwise.
 *
 * @param seen those of the training; every step has as many images of each
 * @param unseen those that only the test has
 */
@Doc("The angles by which images are turned, in degrees counter-clockwise")
public record RotationsSpec(
    @Doc("Angles of the training; every step has equally many images of each")
        @Default("[0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]")
        @Items(min = 1, max = 360)
        @Range(min = -360, max = 360)
        List<Double> seen,
    @Doc("Angles that only the test has")
        @Default("[15, 45, 75, 105, 135, 165, 195, 225, 255, 285, 315, 345]")
        @Items(min = 0, max = 360)
        @Range(min = -360, max = 360)
        List<Double> unseen) {
  private static final double FULL = 360;

  /**
   * Checks that no angle is there twice.
   *
   * @throws UserError that names the angle
   */
  public RotationsSpec {
    seen = List.copyOf(seen);
    unseen = List.copyOf(unseen);
    Set<Double> known = new HashSet<>();
    requireNew("seen", seen, known);
    requireNew("unseen", unseen, known);
  }

  private static void requireNew(String key, List<Double> angles, Set<Double> known) {
    for (int i = 0; i < angles.size(); i++) {
      if (!known.add((angles.get(i) % FULL + FULL) % FULL)) {
        throw UserError.in(key + "[" + i + "]")
            .what("is an angle that is there already, if only by a full turn")
            .expected("angles that differ, those of the training from those of the test too")
            .received(angles.get(i))
            .build();
      }
    }
  }

  /** All angles, those of the training first. */
  public List<Double> all() {
    List<Double> all = new ArrayList<>(seen);
    all.addAll(unseen);
    return all;
  }

  /**
   * The number of images of each angle in a step.
   *
   * @throws UserError if the batch cannot be divided so
   */
  public int imagesPerAngle(int batchSize) {
    if (batchSize % seen.size() != 0) {
      throw UserError.in("training.batchSize")
          .what("a step has equally many images of each angle of the training")
          .expected("a multiple of " + seen.size())
          .received(batchSize)
          .next(
              "take "
                  + seen.size() * Math.max(1, (int) Math.round(batchSize / (double) seen.size())))
          .build();
    }
    return batchSize / seen.size();
  }
}
