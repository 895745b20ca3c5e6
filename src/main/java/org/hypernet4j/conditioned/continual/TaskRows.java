// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.Arrays;
import java.util.Map;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.io.NpyArray;

/**
 * Test images of all tasks in turn.
 *
 * @param image {@code [rows, height, width, 1]}
 * @param task {@code [rows]}
 */
record TaskRows(NpyArray image, NpyArray task) {
  /**
   * Takes images.
   *
   * @param from the number of the first row; row i is of task i modulo the number of tasks
   */
  static TaskRows of(ImageTasks tasks, int from, int count) {
    int[] numbers = new int[count];
    byte[] pixels = new byte[0];
    for (int i = 0; i < count; i++) {
      numbers[i] = (from + i) % tasks.count();
      TaskImages images = tasks.get(numbers[i]).test();
      byte[] one = images.select((from + i) / tasks.count() % images.count()).pixels();
      pixels = i == 0 ? Arrays.copyOf(one, one.length * count) : pixels;
      System.arraycopy(one, 0, pixels, i * one.length, one.length);
    }
    return new TaskRows(
        TaskEvaluator.image(tasks.get(0).test(), new ImageBatch(pixels, numbers)),
        NpyArray.of(numbers, count));
  }

  /** The inputs of the function that is told the task. */
  Map<String, NpyArray> inputs() {
    return Map.of(ContinualFunctions.IMAGE, image, ContinualFunctions.TASK, task);
  }
}
