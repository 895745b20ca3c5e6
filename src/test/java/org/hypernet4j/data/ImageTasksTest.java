// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ImageTasksTest {
  private static ImageSplits mnist;

  @BeforeAll
  static void readDigits() {
    mnist = Mnist.builtin(1_000);
  }

  @Test
  void splitTasksHoldTheirClassesInFileOrder() {
    ImageTasks tasks = ImageTasks.split(mnist, 2);
    assertThat(tasks.tasks())
        .extracting(ImageTask::name)
        .containsExactly("classes 0-1", "classes 2-3", "classes 4-5", "classes 6-7", "classes 8-9");
    assertThat(tasks.classesOfOneHead()).isEqualTo(2);
    for (int t = 0; t < 5; t++) {
      ImageTask task = tasks.get(t);
      requireSameImages(task.train(), mnist.train(), t);
      requireSameImages(task.validation(), mnist.validation(), t);
      requireSameImages(task.test(), mnist.test(), t);
    }
    int train = tasks.tasks().stream().mapToInt(task -> task.train().count()).sum();
    assertThat(train).isEqualTo(9_000);
  }

  /** Walks through the whole set and the task side by side. */
  private static void requireSameImages(TaskImages task, LabeledImages all, int t) {
    assertThat(task.classes()).isEqualTo(2);
    assertThat(task.height()).isEqualTo(28);
    int next = 0;
    for (int i = 0; i < all.count(); i++) {
      if (all.labels()[i] / 2 == t) {
        assertThat(2 * t + task.labels()[next]).isEqualTo(all.labels()[i]);
        if (next % 50 == 0) {
          assertThat(task.select(next).pixels()).isEqualTo(all.slice(i, i + 1).pixels());
        }
        next++;
      }
    }
    assertThat(task.count()).isEqualTo(next);
  }

  @Test
  void otherDivisorsSplitToo() {
    assertThat(ImageTasks.split(mnist, 5).get(1).name()).isEqualTo("classes 5-9");
    ImageTasks whole = ImageTasks.split(mnist, 10);
    assertThat(whole.count()).isEqualTo(1);
    assertThat(whole.get(0).train().toLabeledImages().fingerprint())
        .isEqualTo(mnist.train().fingerprint());
  }

  @Test
  void classesMustDivide() {
    for (int wrong : new int[] {-2, 0, 3, 4, 11, 20}) {
      assertThatThrownBy(() -> ImageTasks.split(mnist, wrong))
          .isInstanceOf(UserError.class)
          .hasMessageContainingAll(
              "the 10 classes cannot be divided", "one of [2, 5, 10]", "received " + wrong);
    }
    assertThatThrownBy(() -> ImageTasks.split(mnist, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("one class has nothing to tell apart", "received 1");
    LabeledImages alike = images(1, 0, 0, 0);
    assertThatThrownBy(() -> ImageTasks.split(new ImageSplits(alike, alike, alike), 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("images of at least 2 classes");
  }

  @Test
  void emptyTasksAreRefused() {
    LabeledImages all = images(4, 0, 1, 2, 3);
    LabeledImages firstTwo = images(4, 0, 1);
    assertThatThrownBy(() -> ImageTasks.split(new ImageSplits(images(4, 0, 1, 3), all, all), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("task 'classes 2-3'", "no training image of class 2");
    assertThatThrownBy(() -> ImageTasks.split(new ImageSplits(all, firstTwo, all), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(
            "task 'classes 2-3'", "no validation images", "Keep more images for validation");
    assertThatThrownBy(() -> ImageTasks.split(new ImageSplits(all, all, firstTwo), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("task 'classes 2-3'", "no test images", "received 0");
    TaskImages none = new TaskImages(images(2));
    TaskImages some = new TaskImages(images(2, 0));
    assertThatThrownBy(() -> new ImageTask("mine", none, some, some))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("task 'mine'", "no training images");
  }

  /** Padded by 2: 784 of the 1,024 pixels are those of the digit, wherever they are. */
  @Test
  void permutedTasksShareTheImagesAndBeginWithTheIdentity() {
    ImageTasks tasks = ImageTasks.permuted(mnist, 100, 2, 7);
    assertThat(tasks.count()).isEqualTo(100);
    assertThat(tasks.get(0).name()).isEqualTo("in order");
    assertThat(tasks.get(99).name()).isEqualTo("permutation 99");
    assertThat(tasks.classesOfOneHead()).isEqualTo(10);
    byte[] digit = mnist.train().slice(17, 18).pixels();
    byte[] padded = new byte[1_024];
    for (int y = 0; y < 28; y++) {
      System.arraycopy(digit, y * 28, padded, (y + 2) * 32 + 2, 28);
    }
    assertThat(tasks.get(0).train().select(17).pixels()).isEqualTo(padded);
    byte[] inOrder = sorted(padded);
    Set<String> different = new HashSet<>();
    for (ImageTask task : tasks.tasks()) {
      assertThat(task.train().images()).isSameAs(mnist.train());
      assertThat(task.validation().images()).isSameAs(mnist.validation());
      assertThat(task.test().images()).isSameAs(mnist.test());
      assertThat(task.train().transform()).isSameAs(task.test().transform());
      byte[] moved = task.train().select(17).pixels();
      assertThat(sorted(moved)).isEqualTo(inOrder);
      different.add(Arrays.toString(moved));
    }
    assertThat(different).hasSize(100);
  }

  @Test
  void theOrderOfATaskDependsOnSeedAndNumberAlone() {
    ImageTasks few = ImageTasks.permuted(mnist, 3, 2, 7);
    ImageTasks many = ImageTasks.permuted(mnist, 10, 2, 7);
    ImageTasks other = ImageTasks.permuted(mnist, 3, 2, 8);
    for (int t = 0; t < 3; t++) {
      String order = few.get(t).train().transform().fingerprint();
      assertThat(many.get(t).train().transform().fingerprint()).isEqualTo(order);
      if (t > 0) {
        assertThat(other.get(t).train().transform().fingerprint()).isNotEqualTo(order);
      }
    }
    assertThatThrownBy(() -> ImageTasks.permuted(mnist, 0, 2, 7))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("permuted tasks", "received 0");
    assertThatThrownBy(() -> ImageTasks.permuted(mnist, 2, 28, 7))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("padding", "0 to 27 pixels", "received 28");
  }

  @Test
  void rotatedTasksHaveTheirAngles() {
    ImageTasks tasks = ImageTasks.rotated(mnist, List.of(0.0, 90.0, -22.5));
    assertThat(tasks.tasks())
        .extracting(ImageTask::name)
        .containsExactly("0 degrees", "90 degrees", "-22.5 degrees");
    assertThat(tasks.get(0).test().slice(0, 50).pixels())
        .isEqualTo(mnist.test().slice(0, 50).pixels());
    // the right column of the original is the top row
    byte[] turned = tasks.get(1).test().select(3).pixels();
    byte[] digit = mnist.test().slice(3, 4).pixels();
    for (int x = 0; x < 28; x++) {
      assertThat(turned[5 * 28 + x]).isEqualTo(digit[x * 28 + 22]);
    }
    assertThat(tasks.get(2).test().labels()).isEqualTo(mnist.test().labels());
    assertThatThrownBy(() -> ImageTasks.rotated(mnist, List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no task");
    assertThatThrownBy(() -> ImageTasks.rotated(mnist, List.of(30.0, 60.0, 30.0)))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("'30 degrees'", "occurs twice");
    assertThatThrownBy(() -> ImageTasks.rotated(mnist, List.of(30.0, Double.NaN)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received NaN");
  }

  @Test
  void tasksOfOneNetworkMustSuitIt() {
    ImageTask two = task("two", images(2, 0, 1));
    ImageTask three = task("three", images(3, 0, 1, 2));
    ImageTasks both = new ImageTasks(List.of(two, three));
    assertThatThrownBy(both::classesOfOneHead)
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("task 'three'", "than 'two', on one head", "2, received 3");
    LabeledImages wide = new LabeledImages(new byte[6], 2, 3, 1, new int[1], 2);
    assertThatThrownBy(() -> new ImageTasks(List.of(two, task("wide", wide))))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("task 'wide'", "another shape", "[2, 2, 1]", "[2, 3, 1]");
    TaskImages some = two.train();
    assertThatThrownBy(() -> new ImageTask("mixed", some, some, three.test()))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("task 'mixed'", "test images", "in 2 classes", "in 3 classes");
    for (int wrong : new int[] {-1, 2}) {
      assertThatThrownBy(() -> both.get(wrong))
          .isInstanceOf(UserError.class)
          .hasMessageContainingAll("no such task", "0 to 1", "received " + wrong);
    }
  }

  @Test
  void theFingerprintSeesImagesChangesAndOrder() {
    LabeledImages digits = mnist.train().slice(0, 300);
    ImageSplits small = new ImageSplits(digits, digits.slice(0, 150), digits.slice(150, 300));
    List<String> all = new ArrayList<>();
    all.add(ImageTasks.split(small, 2).fingerprint());
    all.add(ImageTasks.split(small, 5).fingerprint());
    all.add(ImageTasks.permuted(small, 3, 2, 1).fingerprint());
    all.add(ImageTasks.permuted(small, 3, 2, 2).fingerprint());
    all.add(ImageTasks.permuted(small, 3, 0, 1).fingerprint());
    all.add(ImageTasks.permuted(small, 4, 2, 1).fingerprint());
    all.add(ImageTasks.rotated(small, List.of(0.0, 30.0)).fingerprint());
    all.add(ImageTasks.rotated(small, List.of(30.0, 0.0)).fingerprint());
    ImageSplits shifted = new ImageSplits(digits, digits.slice(0, 149), digits.slice(149, 300));
    all.add(ImageTasks.rotated(shifted, List.of(0.0, 30.0)).fingerprint());
    assertThat(all).doesNotHaveDuplicates().allMatch(hex -> hex.matches("[0-9a-f]{64}"));
    assertThat(ImageTasks.permuted(small, 3, 2, 1).fingerprint()).isEqualTo(all.get(2));
  }

  private static ImageTask task(String name, LabeledImages images) {
    TaskImages all = new TaskImages(images);
    return new ImageTask(name, all, all, all);
  }

  /** Images [2, 2, 1] of these classes. */
  private static LabeledImages images(int classes, int... labels) {
    return new LabeledImages(IdxBytes.ramp(4 * labels.length), 2, 2, 1, labels, classes);
  }

  private static byte[] sorted(byte[] bytes) {
    byte[] sorted = bytes.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
