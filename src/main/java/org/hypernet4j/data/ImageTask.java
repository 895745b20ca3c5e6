// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * One of the tasks that a network learns, one after another or together.
 *
 * @param name for tables, pictures and error messages: {@code classes 0-1}
 * @param train images to learn from
 * @param validation images for early stopping
 * @param test images for the reported accuracy only
 */
public record ImageTask(String name, TaskImages train, TaskImages validation, TaskImages test) {

  /**
   * Checks the parts.
   *
   * @throws UserError if a part has no image, or the parts differ in image shape or in the number
   *     of classes
   */
  public ImageTask {
    List<TaskImages> parts = List.of(train, validation, test);
    List<String> names = List.of("training", "validation", "test");
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).count() == 0) {
        throw UserError.in("task '" + name + "'")
            .what("has no " + names.get(i) + " images")
            .expected("at least 1")
            .received("0")
            .next(
                i == 1
                    ? "keep more images for validation"
                    : "use more images, or other classes for the task")
            .build();
      }
      if (!kind(parts.get(i)).equals(kind(train))) {
        throw UserError.in("task '" + name + "'")
            .what("its " + names.get(i) + " images do not match its training images")
            .expected(kind(train))
            .received(kind(parts.get(i)))
            .next("take all parts from one data set, changed in the same way")
            .build();
      }
    }
  }

  private static String kind(TaskImages images) {
    return shape(images) + " in " + images.classes() + " classes";
  }

  static String shape(TaskImages images) {
    return "[%d, %d, %d]".formatted(images.height(), images.width(), images.channels());
  }

  /** Number of classes. */
  public int classes() {
    return train.classes();
  }
}
