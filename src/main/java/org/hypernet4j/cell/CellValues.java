package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The tensors that stand for a cell's weights: made from the parameters, or, in the body of a loop,
 * handed in from outside.
 */
public final class CellValues {
  private final Map<String, Operand<TFloat32>> byName;

  private CellValues(Map<String, Operand<TFloat32>> byName) {
    this.byName = byName;
  }

  /** Makes each weight once, from the parameters. */
  public static CellValues make(Ops tf, List<Weight> weights) {
    Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
    for (Weight weight : weights) {
      byName.computeIfAbsent(weight.name(), name -> weight.make(tf));
    }
    return new CellValues(byName);
  }

  /** Stand-ins for weights, in the same order. */
  public static CellValues of(List<Weight> weights, List<? extends Operand<TFloat32>> values) {
    Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
    for (int i = 0; i < weights.size(); i++) {
      byName.put(weights.get(i).name(), values.get(i));
    }
    return new CellValues(byName);
  }

  /** The tensor that stands for a weight. */
  public Operand<TFloat32> of(Weight weight) {
    Operand<TFloat32> value = byName.get(weight.name());
    if (value == null) {
      throw new IllegalArgumentException(
          "the cell reads " + weight + ", which its lists of weights do not name");
    }
    return value;
  }

  /** Those of one list, each once. */
  public List<Operand<TFloat32>> list(List<Weight> weights) {
    List<Operand<TFloat32>> all = new ArrayList<>();
    weights.forEach(weight -> all.add(of(weight)));
    return all;
  }
}
