// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.random.StatelessRandom;
import org.jspecify.annotations.Nullable;

/**
 * Examples of your own, in memory: an input and a target each, all of one shape, float32.
 *
 * <pre>{@code
 * Examples all = Examples.readCsv(Path.of("waves.csv"), 1); // the last column is the target
 * Examples.Split data = all.split(0.8, 1L);                  // for training and for validation
 * }</pre>
 */
public final class Examples {
  /** Values that are digested at a time. */
  private static final int DIGESTED = 16_384;

  private final int count;
  private final long[] inputShape;
  private final long[] targetShape;
  private final float[] inputs;
  private final float[] targets;
  private @Nullable String fingerprint;

  /** Two disjoint parts of a set of examples. */
  public record Split(Examples train, Examples validation) {}

  private Examples(
      int count, long[] inputShape, float[] inputs, long[] targetShape, float[] targets) {
    this.count = count;
    this.inputShape = inputShape;
    this.inputs = inputs;
    this.targetShape = targetShape;
    this.targets = targets;
  }

  /**
   * Creates examples from arrays.
   *
   * @param inputs {@code [examples, ...]}
   * @param targets {@code [examples, ...]}, as many as inputs; all values finite, also those of the
   *     inputs
   * @throws UserError if there is no example or an example has no number, their numbers differ, or
   *     a value is NaN or infinite
   */
  public static Examples of(NpyArray inputs, NpyArray targets) {
    long[] in = inputs.shape();
    long[] out = targets.shape();
    if (in.length == 0
        || out.length == 0
        || in[0] != out[0]
        || inputs.size() == 0
        || targets.size() == 0) {
      throw UserError.in("examples")
          .what("inputs and targets do not belong together")
          .expected("both [examples, ...], as many in both, with at least one number in each")
          .received(Arrays.toString(in) + " and " + Arrays.toString(out))
          .build();
    }
    return new Examples(
        Math.toIntExact(in[0]),
        Arrays.copyOfRange(in, 1, in.length),
        finite("inputs", inputs.floats()),
        Arrays.copyOfRange(out, 1, out.length),
        finite("targets", targets.floats()));
  }

  private static float[] finite(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw UserError.in("examples")
            .what("a value of the " + what + " is no number that can be learned from")
            .expected("finite numbers")
            .received(values[i] + " at place " + i)
            .next("replace it or leave the example out")
            .build();
      }
    }
    return values;
  }

  /**
   * Reads a CSV file of numbers: one example per line, numbers separated by commas, optionally a
   * header. Inputs become {@code [columns - targets]}, targets {@code [targets]}.
   *
   * @param targets number of last columns that are targets
   * @throws UserError that names line and column if a field is not a number or a line has another
   *     number of columns
   */
  public static Examples readCsv(Path file, int targets) {
    List<float[]> rows = CsvNumbers.read(file);
    int columns = rows.get(0).length;
    if (targets < 1 || targets >= columns) {
      throw UserError.in(file)
          .what("an example needs inputs and targets")
          .expected("1 to " + (columns - 1) + " targets of " + columns + " columns")
          .received(targets)
          .next(
              columns == 1 ? "separate the columns by commas" : "choose another number of targets")
          .build();
    }
    int inputs = columns - targets;
    float[] in = new float[rows.size() * inputs];
    float[] out = new float[rows.size() * targets];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, in, i * inputs, inputs);
      System.arraycopy(rows.get(i), inputs, out, i * targets, targets);
    }
    return new Examples(rows.size(), new long[] {inputs}, in, new long[] {targets}, out);
  }

  /** Number of examples. */
  public int count() {
    return count;
  }

  /** The shape of one input. */
  public long[] inputShape() {
    return inputShape.clone();
  }

  /** The shape of one target. */
  public long[] targetShape() {
    return targetShape.clone();
  }

  /** All inputs, {@code [examples, ...]}. */
  public NpyArray inputs() {
    return NpyArray.of(inputs.clone(), withCount(inputShape));
  }

  /** All targets, {@code [examples, ...]}. */
  public NpyArray targets() {
    return NpyArray.of(targets.clone(), withCount(targetShape));
  }

  private long[] withCount(long[] one) {
    long[] shape = new long[one.length + 1];
    shape[0] = count;
    System.arraycopy(one, 0, shape, 1, one.length);
    return shape;
  }

  /**
   * Consecutive examples.
   *
   * @param from index of the first
   * @param to index after the last, greater than {@code from}
   */
  public Examples slice(int from, int to) {
    if (from < 0 || to > count || from >= to) {
      throw UserError.in("examples")
          .what("there is no such part")
          .expected("from below to, in 0 to " + count)
          .received(from + " to " + to)
          .build();
    }
    return select(IntStream.range(from, to).toArray());
  }

  /**
   * The examples with the given indices, which count from 0, in the given order.
   *
   * @throws UserError if there is no index, one is out of range, or they are too many for one array
   */
  public Examples select(int... which) {
    requireExamples(which);
    return new Examples(
        which.length,
        inputShape,
        rows(inputs, inputs.length / count, which),
        targetShape,
        rows(targets, targets.length / count, which));
  }

  private void requireExamples(int[] which) {
    int widest = Math.max(inputs.length, targets.length) / count;
    if (which.length == 0 || (long) which.length * widest > Integer.MAX_VALUE - 8) {
      throw UserError.in("examples")
          .what("these cannot be selected")
          .expected("1 to " + (Integer.MAX_VALUE - 8) / widest + " indices")
          .received(which.length)
          .build();
    }
    for (int index : which) {
      if (index < 0 || index >= count) {
        throw UserError.in("examples")
            .what("there is no such example")
            .expected("indices from 0 to " + (count - 1))
            .received(index)
            .build();
      }
    }
  }

  private static float[] rows(float[] from, int size, int[] which) {
    float[] rows = new float[which.length * size];
    for (int i = 0; i < which.length; i++) {
      System.arraycopy(from, which[i] * size, rows, i * size, size);
    }
    return rows;
  }

  /**
   * Divides the examples at random, identically for equal seeds.
   *
   * @param share of examples in the first part, above 0 and below 1
   * @throws UserError if a part would have no example
   */
  public Split split(double share, long seed) {
    long first = Math.round(share * count);
    if (!(first > 0 && first < count)) {
      throw UserError.in("examples")
          .what("cannot be divided like this")
          .expected("a share that leaves at least one of " + count + " examples in each part")
          .received(share)
          .build();
    }
    int[] order = StatelessRandom.of(seed).fold("split").permutation(count);
    return new Split(
        select(Arrays.copyOfRange(order, 0, (int) first)),
        select(Arrays.copyOfRange(order, (int) first, count)));
  }

  /** SHA-256 of shapes and values, in hexadecimal: identifies the content. Computed once. */
  public String fingerprint() {
    String known = fingerprint; // two threads may both compute it, and find the same
    if (known == null) {
      known = digest();
      fingerprint = known;
    }
    return known;
  }

  private String digest() {
    MessageDigest digest = Sha256.begin();
    digest.update((byte) inputShape.length);
    for (long[] shape : List.of(withCount(inputShape), withCount(targetShape))) {
      ByteBuffer sizes = ByteBuffer.allocate(Long.BYTES * shape.length);
      sizes.asLongBuffer().put(shape);
      digest.update(sizes);
    }
    for (float[] values : List.of(inputs, targets)) {
      ByteBuffer block = ByteBuffer.allocate(Float.BYTES * DIGESTED).order(ByteOrder.LITTLE_ENDIAN);
      for (int from = 0; from < values.length; from += DIGESTED) {
        int size = Math.min(DIGESTED, values.length - from);
        block.clear().limit(Float.BYTES * size);
        block.asFloatBuffer().put(values, from, size);
        digest.update(block);
      }
    }
    return Sha256.hex(digest);
  }
}
