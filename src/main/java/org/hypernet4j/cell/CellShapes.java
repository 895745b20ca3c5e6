// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Checks the arguments of a step before TensorFlow sees them. */
public final class CellShapes {
  private CellShapes() {}

  /** Checks all arguments of {@link RnnCell#advance}, their batch size as far as it is known. */
  static <S> void require(
      RnnCell<S> cell,
      List<? extends Operand<TFloat32>> projected,
      S state,
      List<? extends Operand<TFloat32>> masks) {
    String where = cell.where();
    List<Operand<TFloat32>> parts = cell.stateLayout().tensors(state);
    for (long batch : new long[] {-1, rows(projected)}) { // sizes first: clearer messages
      require(where, "projection", cell.projectionParts(), projected, batch);
      require(where, "state", cell.stateLayout().parts(), parts, batch);
      if (!masks.isEmpty()) {
        require(where, "mask", cell.maskParts(), masks, batch);
      }
    }
  }

  /**
   * A state with one row for each row of x; where that is not known before, it is checked when the
   * graph runs. A state that is wrong in any other way is returned unchanged, and the cell reports
   * it.
   *
   * @param x {@code [batch, inputSize]}
   */
  static <S> S ofBatch(Ops tf, RnnCell<S> cell, Operand<TFloat32> x, S state) {
    List<StatePart> expected = cell.stateLayout().parts();
    List<Operand<TFloat32>> parts = cell.stateLayout().tensors(state);
    long batch = rows(List.of(x));
    boolean open = parts.size() == expected.size();
    for (int i = 0; open && i < parts.size(); i++) {
      Shape shape = parts.get(i).shape();
      open =
          shape.isUnknown()
              || (shape.numDimensions() == 2
                  && fits(shape.get(0), batch)
                  && fits(shape.get(1), expected.get(i).size()));
    }
    return open
        ? cell.stateLayout()
            .state(
                require(
                    tf,
                    "step of a cell",
                    "state",
                    expected,
                    parts,
                    () ->
                        tf.slice(
                            tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
                    batch))
        : state;
  }

  private static boolean fits(long size, long expected) {
    return size < 0 || expected < 0 || size == expected;
  }

  /** The size of the batch where it is known when the graph is built, or -1. */
  static long rows(List<? extends Operand<TFloat32>> tensors) {
    for (Operand<TFloat32> tensor : tensors) {
      if (!tensor.shape().isUnknown() && tensor.shape().numDimensions() > 0) {
        return tensor.shape().get(0);
      }
    }
    return -1;
  }

  /**
   * Checks a list of tensors against the list of their sizes.
   *
   * @param what name of the tensors in a message, {@code state} for example
   * @param leading the sizes before the last; -1 for any
   */
  public static void require(
      String where,
      String what,
      List<StatePart> parts,
      List<? extends Operand<TFloat32>> tensors,
      long... leading) {
    if (parts.size() != tensors.size()) {
      throw UserError.in(where)
          .what("has another number of " + what + " parts: those of another cell?")
          .expected(parts.size() + " " + parts.stream().map(StatePart::name).toList())
          .received(tensors.size())
          .build();
    }
    for (int i = 0; i < parts.size(); i++) {
      long[] expected = Arrays.copyOf(leading, leading.length + 1);
      expected[leading.length] = parts.get(i).size();
      Shapes.require(where, what + " " + parts.get(i).name(), tensors.get(i), expected);
    }
  }

  /**
   * As {@link #require(String, String, List, List, long...)}; leading sizes that are not known are
   * checked when the graph runs, because TensorFlow would repeat one row for a whole batch.
   *
   * @param sizes supplies the leading sizes when the graph runs, a vector; called only if needed
   * @param leading the leading sizes when the graph is built, -1 for those that are not known
   * @return the tensors after the check
   */
  public static List<Operand<TFloat32>> require(
      Ops tf,
      String where,
      String what,
      List<StatePart> parts,
      List<? extends Operand<TFloat32>> tensors,
      Supplier<Operand<TInt32>> sizes,
      long... leading) {
    require(where, what, parts, tensors, leading);
    List<String> names = new ArrayList<>();
    List<long[]> shapes = new ArrayList<>();
    for (StatePart part : parts) {
      long[] shape = Arrays.copyOf(leading, leading.length + 1);
      shape[leading.length] = part.size();
      names.add(what + " " + part.name());
      shapes.add(shape);
    }
    return SharedSizes.require(tf, where, names, tensors, shapes, leading.length, sizes);
  }
}
