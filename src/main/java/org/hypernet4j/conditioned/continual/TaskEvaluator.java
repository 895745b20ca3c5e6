// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.io.NpyArray;

/** Measures the networks of tasks on images. */
final class TaskEvaluator {
  private static final float PIXEL_SCALE = 1f / 255f;

  private final BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions;
  private final int batchSize;

  /**
   * Takes the model's functions, which compute by name from arrays by name.
   *
   * @param batchSize images in one call
   */
  TaskEvaluator(
      BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions, int batchSize) {
    this.functions = functions;
    this.batchSize = batchSize;
  }

  /**
   * What a task's images are taken for.
   *
   * @param images how many there are
   * @param given those whose class is right, the task being given
   * @param task those whose task is told rightly
   * @param inferred those whose class is right by the network of the inferred task, and with heads
   *     of their own the task too
   */
  record Counts(int images, int given, int task, int inferred) {}

  /** The share of images with the right class, the task being given. */
  double accuracy(TaskImages images, int task) {
    int right = 0;
    NpyArray number = NpyArray.of(new int[] {task});
    for (ImageBatch batch : images.inOrder(batchSize)) {
      float[] logits =
          call(
              ContinualFunctions.ONE,
              Map.of(
                  ContinualFunctions.IMAGE, image(images, batch), ContinualFunctions.TASK, number));
      int classes = logits.length / batch.count();
      for (int i = 0; i < batch.count(); i++) {
        right += best(logits, i * classes, classes) == batch.labels()[i] ? 1 : 0;
      }
    }
    return (double) right / images.count();
  }

  /**
   * Counts what is right with and without the task.
   *
   * @param task that of the images
   * @param learned the number of tasks among which it is to be told, the first ones
   * @param all the number of tasks that the model has
   * @param ownHeads whether a class of another task is another class
   */
  Counts counts(TaskImages images, int task, int learned, int all, boolean ownHeads) {
    int given = 0;
    int told = 0;
    int inferred = 0;
    for (ImageBatch batch : images.inOrder(batchSize)) {
      float[] logits =
          call(ContinualFunctions.ALL, Map.of(ContinualFunctions.IMAGE, image(images, batch)));
      int classes = logits.length / (batch.count() * all);
      for (int i = 0; i < batch.count(); i++) {
        int label = batch.labels()[i];
        int row = i * all * classes;
        int surest = surest(logits, row, classes, learned);
        boolean rightTask = surest == task;
        boolean rightClass = best(logits, row + surest * classes, classes) == label;
        given += best(logits, row + task * classes, classes) == label ? 1 : 0;
        told += rightTask ? 1 : 0;
        inferred += rightClass && (rightTask || !ownHeads) ? 1 : 0;
      }
    }
    return new Counts(images.count(), given, told, inferred);
  }

  private float[] call(String key, Map<String, NpyArray> inputs) {
    return Objects.requireNonNull(functions.apply(key, inputs).get(ContinualFunctions.LOGITS))
        .floats();
  }

  /** Images as the model takes them. */
  static NpyArray image(TaskImages images, ImageBatch batch) {
    float[] values = new float[batch.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (batch.pixels()[i] & 0xff) * PIXEL_SCALE;
    }
    return NpyArray.of(values, batch.count(), images.height(), images.width(), 1);
  }

  private static int best(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = logits[from + c] > logits[from + best] ? c : best;
    }
    return best;
  }

  /** The task whose network has the least entropy, the first of several. */
  private static int surest(float[] logits, int from, int classes, int tasks) {
    int surest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int t = 0; t < tasks; t++) {
      double entropy = entropy(logits, from + t * classes, classes);
      if (entropy < least) {
        least = entropy;
        surest = t;
      }
    }
    return surest;
  }

  /** The entropy of a softmax in nats, {@code log Z - sum p (x - max)}: exact where p is 0. */
  static double entropy(float[] logits, int from, int classes) {
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      most = Math.max(most, logits[from + c]);
    }
    double sum = 0;
    double weighted = 0;
    for (int c = 0; c < classes; c++) {
      double x = logits[from + c] - most;
      double e = Math.exp(x);
      sum += e;
      weighted += e * x;
    }
    return Math.log(sum) - weighted / sum;
  }
}
