package org.hypernet4j.cell;

import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Where a cell takes its parameters' values from. */
@FunctionalInterface
public interface CellValues {
  /** The variables themselves. */
  CellValues VARIABLES = Parameter::value;

  /** The value of a parameter, a tensor of its shape. */
  Operand<TFloat32> of(Parameter parameter);
}
