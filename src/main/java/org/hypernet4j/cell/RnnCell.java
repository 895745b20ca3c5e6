package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One step of a recurrent network, in the sense of TensorFlow's RNN cells: a pure function (input,
 * state) -&gt; (output, state) with parameters of its own.
 *
 * <p>A step has two halves. {@link #project} is what the input alone decides, a matrix product; a
 * loop does it for all steps at once. {@link #advance} is the rest. {@link #step} is both.
 *
 * @param <S> the state, a record with named parts
 */
public interface RnnCell<S> {
  /** Size of the input, N_x. */
  int inputSize();

  /** Size of the output, N_h. */
  int outputSize();

  /** Size of {@link #project}'s result. */
  int projectionSize();

  /** The parts of the state, in the order of {@link #parts}. */
  List<StatePart> stateParts();

  /** Puts a state together from its parts. */
  S state(List<Operand<TFloat32>> parts);

  /** Takes a state apart. */
  List<Operand<TFloat32>> parts(S state);

  /** The parameters that a step reads. */
  List<Parameter> parameters();

  /**
   * The tensors of {@link #advance}'s dropout masks, {@code [batch, size]}; empty for a cell
   * without dropout. Masks hold 0 or 1 / keep.
   */
  default List<StatePart> maskParts() {
    return List.of();
  }

  /**
   * The share of the step that depends on the input alone.
   *
   * @param x {@code [rows, inputSize]}: a batch, or all steps of a batch
   * @return {@code [rows, projectionSize]}
   */
  Operand<TFloat32> project(Ops tf, Operand<TFloat32> x);

  /**
   * The rest of the step.
   *
   * @param projected {@code [batch, projectionSize]}
   * @param masks one for each of {@link #maskParts}, or an empty list for no dropout
   */
  CellStep<S> advance(Ops tf, Operand<TFloat32> projected, S state, List<Operand<TFloat32>> masks);

  /**
   * One step without dropout.
   *
   * @param x {@code [batch, inputSize]}
   */
  default CellStep<S> step(Ops tf, Operand<TFloat32> x, S state) {
    return advance(tf, project(tf, x), state, List.of());
  }

  /**
   * The same cell with its parameters' values taken from elsewhere: the body of a loop cannot see
   * the tensors of the graph around it.
   */
  RnnCell<S> withValues(CellValues values);

  /**
   * A state of zeros.
   *
   * @param batch a scalar
   */
  default S zeroState(Ops tf, Operand<TInt32> batch) {
    List<Operand<TFloat32>> zeros = new ArrayList<>();
    for (StatePart part : stateParts()) {
      zeros.add(tf.fill(tf.stack(List.of(batch, tf.constant(part.size()))), tf.constant(0f)));
    }
    return state(zeros);
  }
}
