// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.random.StatelessRandom;

/**
 * The tasks of one network, in the order in which they are learned or simply counted; all read
 * images of one shape.
 *
 * <pre>{@code
 * ImageTasks splitMnist = ImageTasks.split(Mnist.builtin(1000), 2);
 * TaskBatches batches = new TaskBatches(splitMnist.get(0).train(), 128, seed);
 * ImageBatch first = batches.batch(0);
 * }</pre>
 *
 * @param tasks at least one, with different names
 */
public record ImageTasks(List<ImageTask> tasks) {

  /**
   * Checks that the tasks can belong to one network.
   *
   * @throws UserError if there is none, two have one name, or their images differ in shape
   */
  public ImageTasks {
    tasks = List.copyOf(tasks);
    if (tasks.isEmpty()) {
      throw UserError.in("tasks")
          .what("there is no task")
          .expected("at least 1")
          .received("0")
          .next("name at least one task")
          .build();
    }
    Set<String> names = new HashSet<>();
    String shape = ImageTask.shape(tasks.get(0).train());
    for (ImageTask task : tasks) {
      if (!names.add(task.name())) {
        throw UserError.in("task '" + task.name() + "'")
            .what("occurs twice")
            .expected("tasks that differ")
            .next("name each task once")
            .build();
      }
      if (!ImageTask.shape(task.train()).equals(shape)) {
        throw UserError.in("task '" + task.name() + "'")
            .what("its images have another shape than those of '" + tasks.get(0).name() + "'")
            .expected(shape)
            .received(ImageTask.shape(task.train()))
            .next("bring all images to one shape: one network reads them all")
            .build();
      }
    }
  }

  /**
   * Tasks of a few classes each, in the order of the classes; labels count from 0 in every task:
   * SplitMNIST with {@code classesPerTask} 2. The class of the whole set is {@code task *
   * classesPerTask + label}.
   *
   * @param splits the images of all classes
   * @param classesPerTask at least 2, a divisor of the number of classes
   * @throws UserError if the classes cannot be divided so, a class has no training image, or a task
   *     has no validation or test image
   */
  public static ImageTasks split(ImageSplits splits, int classesPerTask) {
    int classes = splits.train().classes();
    if (classesPerTask < 2 || classesPerTask > classes || classes % classesPerTask != 0) {
      List<Integer> divisors =
          IntStream.rangeClosed(2, classes).filter(k -> classes % k == 0).boxed().toList();
      throw UserError.in("classes of a task")
          .what(
              classesPerTask == 1
                  ? "a task of one class has nothing to tell apart"
                  : "the " + classes + " classes cannot be divided into such tasks")
          .expected(divisors.isEmpty() ? "images of at least 2 classes" : "one of " + divisors)
          .received(classesPerTask)
          .next("choose a divisor of the number of classes")
          .build();
    }
    int[] counts = splits.train().classCounts();
    List<ImageTask> tasks = new ArrayList<>();
    for (int first = 0; first < classes; first += classesPerTask) {
      String name = "classes " + first + "-" + (first + classesPerTask - 1);
      for (int label = first; label < first + classesPerTask; label++) {
        if (counts[label] == 0) {
          throw UserError.in("task '" + name + "'")
              .what("there is no training image of class " + label)
              .expected("at least 1 of each class")
              .received("0 of " + splits.train().count() + " images")
              .next("use more images")
              .build();
        }
      }
      int from = first;
      tasks.add(
          task(name, splits, images -> new TaskImages(ofClasses(images, from, classesPerTask))));
    }
    return new ImageTasks(tasks);
  }

  private static LabeledImages ofClasses(LabeledImages images, int first, int classes) {
    int[] labels = images.labels();
    int[] chosen =
        IntStream.range(0, images.count())
            .filter(i -> labels[i] >= first && labels[i] < first + classes)
            .toArray();
    LabeledImages some = images.select(chosen);
    int[] fromZero = IntStream.of(some.labels()).map(label -> label - first).toArray();
    return new LabeledImages(
        some.pixels(), some.height(), some.width(), some.channels(), fromZero, classes);
  }

  /**
   * Tasks of all classes whose pixels are padded and then permuted, by another order in each task;
   * those of the first stay in their order: PermutedMNIST.
   *
   * @param splits the images that all tasks share
   * @param tasks at least 1
   * @param padding black pixels on each side before the permutation; 2 in the literature
   * @param seed determines all orders; that of a task does not depend on how many there are
   * @throws UserError if the number of tasks or the padding is out of range
   */
  public static ImageTasks permuted(ImageSplits splits, int tasks, int padding, long seed) {
    if (tasks < 1) {
      throw UserError.in("permuted tasks")
          .what("too few tasks")
          .expected("at least 1")
          .received(tasks)
          .next("choose another number of tasks")
          .build();
    }
    int height = splits.train().height();
    int width = splits.train().width();
    StatelessRandom orders = StatelessRandom.of(seed).fold("permuted tasks");
    List<ImageTask> made = new ArrayList<>();
    for (int t = 0; t < tasks; t++) {
      ImageTransform order =
          t == 0
              ? PixelPermutation.inOrder(height, width, padding)
              : PixelPermutation.of(height, width, padding, orders.fold(t).key());
      made.add(
          task(
              t == 0 ? "in order" : "permutation " + t,
              splits,
              images -> new TaskImages(images, order)));
    }
    return new ImageTasks(made);
  }

  /**
   * Tasks of all classes whose images are turned by an angle each.
   *
   * @param splits the images that all tasks share
   * @param degrees of each task, all different; positive is counter-clockwise
   * @throws UserError if there is no angle, one occurs twice, or one is not finite
   */
  public static ImageTasks rotated(ImageSplits splits, List<Double> degrees) {
    List<ImageTask> made = new ArrayList<>();
    for (double angle : degrees) {
      ImageRotation rotation =
          new ImageRotation(splits.train().height(), splits.train().width(), angle);
      String number =
          angle == Math.rint(angle) ? String.format(Locale.ROOT, "%.0f", angle) : "" + angle;
      made.add(task(number + " degrees", splits, images -> new TaskImages(images, rotation)));
    }
    return new ImageTasks(made);
  }

  private static ImageTask task(
      String name, ImageSplits splits, Function<LabeledImages, TaskImages> of) {
    return new ImageTask(
        name, of.apply(splits.train()), of.apply(splits.validation()), of.apply(splits.test()));
  }

  /** Number of tasks. */
  public int count() {
    return tasks.size();
  }

  /**
   * One of the tasks.
   *
   * @param task its index
   * @throws UserError if there is no such task
   */
  public ImageTask get(int task) {
    if (task < 0 || task >= count()) {
      throw UserError.in("task")
          .what("there is no such task")
          .expected("0 to " + (count() - 1))
          .received(task)
          .next("name a task by its index, counted from 0")
          .build();
    }
    return tasks.get(task);
  }

  /**
   * The number of classes of a head that all tasks share.
   *
   * @throws UserError if the tasks have different numbers of classes
   */
  public int classesOfOneHead() {
    ImageTask first = tasks.get(0);
    for (ImageTask task : tasks) {
      if (task.classes() != first.classes()) {
        throw UserError.in("task '" + task.name() + "'")
            .what("has another number of classes than '" + first.name() + "', on one head")
            .expected(first.classes())
            .received(task.classes())
            .next("give each task a head of its own, or all of them as many classes")
            .build();
      }
    }
    return first.classes();
  }

  /**
   * SHA-256 (hex) of the fingerprints of all images, task by task and in a task training,
   * validation, test, each in ASCII and followed by a line feed. Names do not count.
   */
  public String fingerprint() {
    IdentityHashMap<LabeledImages, String> known = new IdentityHashMap<>();
    StringBuilder lines = new StringBuilder();
    for (ImageTask task : tasks) {
      for (TaskImages part : List.of(task.train(), task.validation(), task.test())) {
        String ofImages = known.computeIfAbsent(part.images(), LabeledImages::fingerprint);
        lines.append(part.fingerprint(ofImages)).append('\n');
      }
    }
    return Sha256.of(lines.toString().getBytes(US_ASCII));
  }
}
