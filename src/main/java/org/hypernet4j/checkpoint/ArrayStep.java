// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * One step of the conversion of a foreign float array into a parameter: a change of layout or
 * values. Axes count from 0.
 */
@Doc("A change of layout or values; axes count from 0")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface ArrayStep
    permits ArrayStep.Transpose,
        ArrayStep.Reshape,
        ArrayStep.Slice,
        ArrayStep.Block,
        ArrayStep.Reorder,
        ArrayStep.Parts,
        ArrayStep.Affine {
  /** The largest number of axes. */
  int MOST_AXES = 16;

  /**
   * Applies the step.
   *
   * @throws UserError if it does not fit the shape
   */
  NpyArray apply(NpyArray array);

  /**
   * The step for one parameter, with the sizes filled in that are those of the model.
   *
   * @throws UserError if the model has no such parameter, or several
   */
  default ArrayStep sized(ParameterSizes sizes) {
    return this;
  }

  /** Axis {@code i} of the result is axis {@code axes[i]} of the array. */
  @Doc("Axis i of the result is axis axes[i]; [1, 0] transposes a matrix")
  @TypeName("transpose")
  record Transpose(
      @Doc("A permutation of 0, 1, ...")
          @Items(min = 1, max = MOST_AXES)
          @Range(min = 0, max = MOST_AXES)
          List<Integer> axes)
      implements ArrayStep {
    /** Copies the list. */
    public Transpose {
      axes = List.copyOf(axes);
      if (!axes.stream()
          .sorted()
          .toList()
          .equals(IntStream.range(0, axes.size()).boxed().toList())) {
        throw UserError.in("axes")
            .what("is no permutation")
            .expected("each of 0 to " + (axes.size() - 1) + " once")
            .received(axes)
            .build();
      }
    }

    @Override
    public NpyArray apply(NpyArray array) {
      long[] from = array.shape();
      int rank = axes.size();
      if (rank != from.length) {
        throw unfit("transpose " + axes, rank + " axes", array);
      }
      long[] shape = new long[rank];
      int[] stride = new int[rank];
      for (int i = 0; i < rank; i++) {
        shape[i] = from[axes.get(i)];
        stride[i] = 1;
        for (int inner = axes.get(i) + 1; inner < rank; inner++) {
          stride[i] *= (int) from[inner];
        }
      }
      float[] values = array.floats();
      float[] result = new float[values.length];
      for (int to = 0; to < result.length; to++) {
        int rest = to;
        int source = 0;
        for (int i = rank - 1; i >= 0; i--) {
          source += rest % (int) shape[i] * stride[i];
          rest /= (int) shape[i];
        }
        result[to] = values[source];
      }
      return NpyArray.of(result, shape);
    }
  }

  /** Gives the array another shape; elements keep their row-major order. */
  @Doc("The same elements, row by row, under another shape")
  @TypeName("reshape")
  record Reshape(
      @Doc("The new shape; empty for a single number")
          @Items(max = MOST_AXES)
          @Range(min = 1, max = 1e9)
          List<Integer> shape)
      implements ArrayStep {
    /** Copies the list. */
    public Reshape {
      shape = List.copyOf(shape);
    }

    @Override
    public NpyArray apply(NpyArray array) {
      long[] wanted = shape.stream().mapToLong(Integer::longValue).toArray();
      if (Arrays.stream(wanted).mapToDouble(n -> n).reduce(1, (a, b) -> a * b) != array.size()) {
        throw unfit("reshape to " + shape, "as many elements", array);
      }
      return NpyArray.of(array.floats(), wanted);
    }
  }

  /** Indices {@code begin} (inclusive) to {@code end} (exclusive) of one axis. */
  @Doc("The part from begin up to and without end on one axis")
  @TypeName("slice")
  record Slice(
      @Doc("The axis") @Range(min = 0, max = MOST_AXES) int axis,
      @Doc("The first index") @Range(min = 0, max = 1e9) int begin,
      @Doc("The index after the last") @Range(min = 1, max = 1e9) int end)
      implements ArrayStep {
    /** Checks the order. */
    public Slice {
      if (end <= begin) {
        throw UserError.in("end").what("is not after begin " + begin).received(end).build();
      }
    }

    @Override
    public NpyArray apply(NpyArray array) {
      if (axis >= array.shape().length || end > array.shape()[axis]) {
        throw unfit("slice", "an axis " + axis + " of at least " + end, array);
      }
      return AxisBlocks.take(array, axis, begin, end);
    }
  }

  /** One of several equal parts of an axis, for example one of four gates. */
  @Doc("One of several equal parts of an axis: one gate of four, say")
  @TypeName("block")
  record Block(
      @Doc("The axis") @Range(min = 0, max = MOST_AXES) int axis,
      @Doc("How many parts there are") @Range(min = 1, max = 10_000) int of,
      @Doc("Which of them, from 0") @Range(min = 0, max = 10_000) int index)
      implements ArrayStep {
    /** Checks the index. */
    public Block {
      if (index >= of) {
        throw UserError.in("index").what("there are " + of + " blocks").received(index).build();
      }
    }

    @Override
    public NpyArray apply(NpyArray array) {
      int length = AxisBlocks.length(array, axis, of);
      return AxisBlocks.take(array, axis, index * length, (index + 1) * length);
    }
  }

  /** Reorders equal parts of an axis: gates i, f, g, o to i, g, f, o with 0, 2, 1, 3. */
  @Doc("Equal parts of an axis in another order: gates i, f, g, o become i, g, f, o with [0,2,1,3]")
  @TypeName("reorder")
  record Reorder(
      @Doc("The axis") @Range(min = 0, max = MOST_AXES) int axis,
      @Doc("Part i of the result is part order[i]")
          @Items(min = 1, max = 10_000)
          @Range(min = 0, max = 10_000)
          List<Integer> order)
      implements ArrayStep {
    /** Copies and checks the list. */
    public Reorder {
      order = new Transpose(order).axes();
    }

    @Override
    public NpyArray apply(NpyArray array) {
      int length = AxisBlocks.length(array, axis, order.size());
      return AxisBlocks.concat(
          order.stream()
              .map(i -> AxisBlocks.take(array, axis, i * length, (i + 1) * length))
              .toList(),
          axis);
    }
  }

  /**
   * Named parts of an axis in another order, or only some of them: {@code [h, x]} to {@code [x,
   * h]}.
   */
  @Doc("Named parts of an axis in another order, or only some of them: [h, x] becomes [x, h]")
  @TypeName("parts")
  record Parts(
      @Doc("The axis") @Range(min = 0, max = MOST_AXES) int axis,
      @Doc("All parts in the order in which they lie there; a bare text is the one that is left")
          @Items(min = 1, max = 1000)
          List<AxisPart> parts,
      @Doc("Names of the parts of the result, in their order there") @Items(min = 1, max = 1000)
          List<String> take)
      implements ArrayStep {
    /** Copies and checks the lists. */
    public Parts {
      parts = List.copyOf(parts);
      take = List.copyOf(take);
      AxisPart.check(parts, take);
    }

    @Override
    public ArrayStep sized(ParameterSizes sizes) {
      return new Parts(axis, parts.stream().map(part -> part.sized(sizes)).toList(), take);
    }

    @Override
    public NpyArray apply(NpyArray array) {
      if (axis >= array.shape().length) {
        throw unfit("parts", "an axis " + axis, array);
      }
      int[] ends = AxisPart.ends(parts, axis, array);
      List<String> names = parts.stream().map(AxisPart::name).toList();
      return AxisBlocks.concat(
          take.stream()
              .map(names::indexOf)
              .map(i -> AxisBlocks.take(array, axis, i == 0 ? 0 : ends[i - 1], ends[i]))
              .toList(),
          axis);
    }
  }

  /**
   * {@code factor * x + summand}, for example for a forget bias that only one side includes in the
   * weights.
   */
  @Doc("factor * x + summand for each element")
  @TypeName("affine")
  record Affine(
      @Doc("Multiplied first") @Default("1") @Range(min = -1e9, max = 1e9) double factor,
      @Doc("Added then") @Default("0") @Range(min = -1e9, max = 1e9) double summand)
      implements ArrayStep {
    @Override
    public NpyArray apply(NpyArray array) {
      float[] values = array.floats();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (factor * values[i] + summand);
      }
      return NpyArray.of(values, array.shape());
    }
  }

  private static UserError unfit(String step, String expected, NpyArray array) {
    return UserError.in(step).what("does not fit").expected(expected).received(array).build();
  }
}
