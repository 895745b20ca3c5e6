// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Tasks made of MNIST, in the order in which they are learned. */
@Doc("The tasks, made of MNIST, in the order in which they are learned")
// in the order of help and schema
public sealed interface TaskStreamSpec
    permits TaskStreamSpec.Split, TaskStreamSpec.Permuted, TaskStreamSpec.Rotated {
  /** Rows and columns of an image of MNIST. */
  int SIDE = 28;

  /** Classes of MNIST. */
  int CLASSES = 10;

  /** Number of tasks. */
  int count();

  /** Classes of one task. */
  default int classes() {
    return CLASSES;
  }

  /** Rows and columns of an image of a task. */
  default int imageSize() {
    return SIDE;
  }

  /**
   * A few classes in each task, in their order: SplitMNIST.
   *
   * @param classesPerTask a divisor of 10
   */
  @Doc("A few classes in each task, in their order; with 2 this is SplitMNIST")
  @TypeName("split")
  record Split(
      @Doc("Classes of a task: 2, 5 or 10") @Default("2") @Range(min = 2, max = CLASSES)
          int classesPerTask)
      implements TaskStreamSpec {
    /** Checks that the classes can be divided so. */
    public Split {
      if (CLASSES % classesPerTask != 0) {
        throw UserError.in("classesPerTask")
            .what("the 10 classes cannot be divided into such tasks")
            .expected("2, 5 or 10")
            .received(classesPerTask)
            .build();
      }
    }

    @Override
    public int count() {
      return CLASSES / classesPerTask;
    }

    @Override
    public int classes() {
      return classesPerTask;
    }
  }

  /**
   * All classes in each task, the pixels in another order: PermutedMNIST.
   *
   * @param tasks number of tasks; the first has the pixels in their own order
   * @param padding black pixels on each side before the permutation
   * @param seed of the orders
   */
  @Doc("All classes in each task, the pixels in another order in each: PermutedMNIST")
  @TypeName("permuted")
  record Permuted(
      @Doc("Number of tasks; the first has the pixels in their own order")
          @Default("10")
          @Range(min = 1, max = 1000)
          int tasks,
      @Doc("Black pixels on each side, added before the permutation; 2 in the literature")
          @Default("2")
          @Range(min = 0, max = SIDE - 1)
          int padding,
      @Doc("Seed of the orders") @Default("1") @Range(min = 0, max = 9_007_199_254_740_991d)
          long seed)
      implements TaskStreamSpec {
    @Override
    public int count() {
      return tasks;
    }

    @Override
    public int imageSize() {
      return SIDE + 2 * padding;
    }
  }

  /**
   * All classes in each task, the images turned by an angle.
   *
   * @param degrees of each task, all different
   */
  @Doc("All classes in each task, the images turned by an angle each")
  @TypeName("rotated")
  record Rotated(
      @Doc("The angle of each task, counter-clockwise, all different")
          @Default("[0, 30, 60, 90]")
          @Items(min = 1, max = 1000)
          @Range(min = -360, max = 360)
          List<Double> degrees)
      implements TaskStreamSpec {
    /** Checks that the angles differ. */
    public Rotated {
      degrees = List.copyOf(degrees);
      Set<Double> seen = new HashSet<>();
      for (double angle : degrees) {
        if (!seen.add((angle % 360 + 360) % 360)) {
          throw UserError.in("degrees")
              .what("two tasks have the same images")
              .expected("angles that differ by more than whole turns")
              .received(angle + " twice")
              .build();
        }
      }
    }

    @Override
    public int count() {
      return degrees.size();
    }
  }
}
