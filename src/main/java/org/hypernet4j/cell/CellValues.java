package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.hypernet4j.graph.KnownDerivative;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The tensors that stand for a cell's weights: made from the parameters, or, in the body of a loop,
 * handed in from outside.
 */
public final class CellValues {
  private final Map<String, Operand<TFloat32>> byName;
  private final Function<String, @Nullable Operand<TFloat32>> other;
  private final boolean oneStep;
  private final PieceBuilder pieces;

  private CellValues(
      Map<String, Operand<TFloat32>> byName,
      Function<String, @Nullable Operand<TFloat32>> other,
      boolean oneStep,
      PieceBuilder pieces) {
    this.byName = byName;
    this.other = other;
    this.oneStep = oneStep;
    this.pieces = pieces;
  }

  /** Makes each weight once, from the parameters. */
  public static CellValues make(Ops tf, List<Weight> weights) {
    Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
    for (Weight weight : weights) {
      byName.computeIfAbsent(weight.name(), name -> weight.make(tf));
    }
    return new CellValues(byName, name -> null, false, PieceBuilder.PLAIN);
  }

  /**
   * For a single step: a weight is made when it is asked for. What is made from parameters serves
   * this one step, so a cell goes without what costs more than it spares.
   */
  public static CellValues forOneStep(Ops tf, List<Weight> weights) {
    Map<String, Weight> known = new HashMap<>();
    weights.forEach(weight -> known.put(weight.name(), weight));
    return new CellValues(
        new LinkedHashMap<>(),
        name -> {
          Weight weight = known.get(name);
          return weight == null ? null : weight.make(tf);
        },
        true,
        PieceBuilder.PLAIN);
  }

  /** Whether they serve one step only, and not a loop. */
  boolean oneStep() {
    return oneStep;
  }

  /** Stand-ins for weights, in the same order. */
  public static CellValues of(List<Weight> weights, List<? extends Operand<TFloat32>> values) {
    return of(weights, values, PieceBuilder.PLAIN);
  }

  /**
   * Stand-ins for the weights of a step in a loop.
   *
   * @param pieces how the pieces of a step with a known derivative are built
   */
  public static CellValues of(
      List<Weight> weights, List<? extends Operand<TFloat32>> values, PieceBuilder pieces) {
    Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
    for (int i = 0; i < weights.size(); i++) {
      byName.put(weights.get(i).name(), values.get(i));
    }
    return new CellValues(byName, name -> null, false, pieces);
  }

  /** The tensor that stands for a weight. */
  public Operand<TFloat32> of(Weight weight) {
    Operand<TFloat32> value = byName.computeIfAbsent(weight.name(), other);
    if (value == null) {
      throw new IllegalArgumentException(
          "the cell reads " + weight + ", which its lists of weights do not name");
    }
    return value;
  }

  /**
   * The product of a tensor and a weight, {@code [batch, rows]} by {@code [rows, columns]}. In a
   * loop it need not be computed again for the gradient, and the derivative by a large weight is
   * formed for all steps at once.
   */
  public Operand<TFloat32> product(Ops tf, Operand<TFloat32> left, Weight weight) {
    return build(tf, new MatrixProduct(left, of(weight)));
  }

  /** Builds a piece of the step whose derivative is known. */
  public Operand<TFloat32> build(Ops tf, KnownDerivative piece) {
    return pieces.build(tf, piece);
  }

  /** Those of one list, each once. */
  public List<Operand<TFloat32>> list(List<Weight> weights) {
    List<Operand<TFloat32>> all = new ArrayList<>();
    weights.forEach(weight -> all.add(of(weight)));
    return all;
  }
}
