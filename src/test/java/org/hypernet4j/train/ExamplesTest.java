// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExamplesTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }

  @Test
  void readsNumbersWithAHeaderQuotesAndBlankLinesAtTheEnd() throws IOException {
    Examples examples =
        Examples.readCsv(file("\uFEFFx,\"y\",next\r\n1, -2.5e0 ,\"3\"\r\n.5,2.,+7\n\n"), 1);
    assertThat(examples.count()).isEqualTo(2);
    assertThat(examples.inputs()).isEqualTo(NpyArray.of(new float[] {1, -2.5f, .5f, 2}, 2, 2));
    assertThat(examples.targets()).isEqualTo(NpyArray.of(new float[] {3, 7}, 2, 1));
    assertThat(examples.inputShape()).containsExactly(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1,2;3,x       | 1 | line 2, column 2: is not a number that float32 holds; expected a number such as 0.25 or -1.5e3, received 'x'
          1,2;3,        | 1 | line 2, column 2: is not a number that float32 holds; expected a number such as 0.25 or -1.5e3, received nothing
          1,2;3,NaN     | 1 | line 2, column 2: is not a number
          1,2;3,1e99    | 1 | line 2, column 2: is not a number
          1,2;3,0x1p3   | 1 | line 2, column 2: is not a number
          1,2;3         | 1 | line 2: has another number of columns than the lines before it; expected 2, received 1
          1,2; ;3,4     | 1 | line 2: is empty
          NaN,NaN;1,2   | 1 | line 1, column 1: is not a number that float32 holds; expected a number such as 0.25 or -1.5e3, received 'NaN'
          inf,nan;1,2   | 1 | line 1, column 1: is not a number
          -Infinity,b   | 1 | line 1, column 1: is not a number
          "nan",b       | 1 | line 1, column 1: is not a number
          0x1p3,0x10    | 1 | line 1, column 1: is not a number
          NA,null       | 1 | line 1, column 1: is not a number
          Na,K          | 1 | received a header only
          info,nano     | 1 | received a header only
          a,b           | 1 | holds no numbers; expected one example a line, numbers separated by commas, received a header only
          1,2           | 2 | an example needs inputs and targets; expected 1 to 1 targets of 2 columns, received 2
          1,2           | 0 | an example needs inputs and targets
          1\t2          | 1 | Separate the numbers by commas
          """)
  void saysWhereSomethingIsNoNumber(String text, int targets, String message) throws IOException {
    Path file = file(text.replace(';', '\n').replace("\\t", "\t"));
    assertThatThrownBy(() -> Examples.readCsv(file, targets))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a.csv")
        .hasMessageContaining(message);
  }

  private static Examples numbered(int count) {
    float[] values = new float[count];
    IntStream.range(0, count).forEach(i -> values[i] = i);
    return Examples.of(NpyArray.of(values, count, 1), NpyArray.of(values, count, 1));
  }

  /** From Python: hashlib.sha256 over 1, big-endian shapes and little-endian float32 values. */
  @Test
  void theFingerprintIsOneOfShapesAndValues() {
    Examples examples = numbered(20_001);
    assertThat(examples.fingerprint())
        .isEqualTo("2ddf7264d089f5470f96d959a5fb328df0a36fe710492b6da87cfcb4c4bd660a")
        .isSameAs(examples.fingerprint());
  }

  @Test
  void onlyExamplesThatThereAreCanBeSelected() {
    assertThat(numbered(3).select(2, 0, 2).inputs().floats()).containsExactly(2, 0, 2);
    for (int index : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> numbered(3).select(0, index))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no such example; expected indices from 0 to 2, received " + index);
    }
    assertThatThrownBy(() -> numbered(3).select())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("indices, received 0");
    // 2^16 examples of 2^15 numbers: 2^31 numbers, more than an array holds
    NpyArray wide = NpyArray.of(new float[1 << 15], 1, 1 << 15);
    Examples one = Examples.of(wide, NpyArray.of(new float[1], 1));
    assertThatThrownBy(() -> one.select(new int[1 << 16]))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 1 to 65535 indices, received 65536");
  }

  @Test
  void aSplitHasEveryExampleOnce() {
    Examples.Split split = numbered(10).split(0.8, 3);
    assertThat(split.train().count()).isEqualTo(8);
    assertThat(split.validation().count()).isEqualTo(2);
    float[] all = Arrays.copyOf(split.train().inputs().floats(), 10);
    System.arraycopy(split.validation().inputs().floats(), 0, all, 8, 2);
    Arrays.sort(all);
    assertThat(all).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(split.train().targets()).isEqualTo(split.train().inputs());
    assertThat(numbered(10).split(0.8, 3).train().fingerprint())
        .isEqualTo(split.train().fingerprint())
        .isNotEqualTo(numbered(10).split(0.8, 4).train().fingerprint());
    assertThatThrownBy(() -> numbered(2).split(1, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be divided");
  }

  @Test
  void anEpochOfBatchesHasEveryExampleOnce() {
    ExampleBatches batches = new ExampleBatches(numbered(6), 2, 5);
    assertThat(batches.stepsPerEpoch()).isEqualTo(3);
    for (int epoch = 0; epoch < 3; epoch++) {
      float[] seen = new float[6];
      for (int i = 0; i < 3; i++) {
        System.arraycopy(batches.batch(3 * epoch + i).inputs().floats(), 0, seen, 2 * i, 2);
      }
      Arrays.sort(seen);
      assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5);
    }
    assertThatThrownBy(() -> new ExampleBatches(numbered(6), 7, 5))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("batch size: larger than the training set");
  }

  @Test
  void arraysThatDoNotBelongTogetherAreRefused() {
    assertThatThrownBy(
            () -> Examples.of(NpyArray.of(new float[2], 2, 1), NpyArray.of(new float[3], 3, 1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received [2, 1] and [3, 1]");
    assertThatThrownBy(
            () ->
                Examples.of(
                    NpyArray.of(new float[] {1, Float.NaN}, 2), NpyArray.of(new float[2], 2)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected finite numbers, received NaN at place 1");
    NpyArray nothing = NpyArray.of(new float[0], 3, 0);
    assertThatThrownBy(() -> Examples.of(NpyArray.of(new float[3], 3, 1), nothing))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received [3, 1] and [3, 0]");
    assertThatThrownBy(() -> numbered(3).slice(1, 4))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 1 to 4");
  }
}
