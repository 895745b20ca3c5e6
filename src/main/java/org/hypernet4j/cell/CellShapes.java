package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Checks what a step is given, before TensorFlow sees it. */
public final class CellShapes {
  private CellShapes() {}

  /** Checks everything that {@link RnnCell#advance} takes. */
  static void require(
      String where,
      RnnCell<?> cell,
      List<? extends Operand<TFloat32>> projected,
      List<? extends Operand<TFloat32>> state,
      List<? extends Operand<TFloat32>> masks) {
    require(where, "projection", cell.projectionParts(), projected, -1);
    require(where, "state", cell.stateParts(), state, -1);
    if (!masks.isEmpty()) {
      require(where, "mask", cell.maskParts(), masks, -1);
    }
  }

  /**
   * Checks a list of tensors against the list of their sizes.
   *
   * @param what they are, {@code state}
   * @param leading sizes before the last, -1 for any
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
      long[] expected = java.util.Arrays.copyOf(leading, leading.length + 1);
      expected[leading.length] = parts.get(i).size();
      Shapes.require(where, what + " " + parts.get(i).name(), tensors.get(i), expected);
    }
  }
}
