// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * An {@link AttentionCell} together with the memory that a batch attends to.
 *
 * @param <S> the state of the cell inside
 */
public final class AttendingCell<S> implements RnnCell<AttentionState<S>> {
  private final AttentionCell<S> cell;
  private final AttentionMemory memory;
  private final int beams;
  private final JoinedInput input;

  AttendingCell(AttentionCell<S> cell, AttentionMemory memory, int beams) {
    this.cell = cell;
    this.memory = memory;
    this.beams = beams;
    this.input =
        JoinedInput.ofProducts(
            cell.cell(), cell.inputSize(), cell.attention().settings().memorySize());
  }

  /**
   * A step and what it has attended to.
   *
   * @param step output and next state
   * @param alignments the weights of the memory's rows, {@code [batch, S]}
   */
  public record Attended<S>(CellStep<AttentionState<S>> step, Operand<TFloat32> alignments) {}

  /** What it attends to. */
  public AttentionMemory memory() {
    return memory;
  }

  @Override
  public String where() {
    return AttentionCell.WHERE;
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public StateLayout<AttentionState<S>> stateLayout() {
    return cell.stateLayout();
  }

  @Override
  public List<StatePart> maskParts() {
    return cell.maskParts();
  }

  @Override
  public List<StatePart> projectionParts() {
    return input.projectionParts("x");
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return input.project(tf, values, x);
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return input.projectOneHot(tf, values, ids);
  }

  @Override
  public CellStep<AttentionState<S>> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      AttentionState<S> state,
      List<Operand<TFloat32>> masks) {
    return attend(tf, values, projected, state, masks).step();
  }

  /** As {@link #advance}, with the weights of the memory's rows. */
  public Attended<S> attend(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      AttentionState<S> state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    requireRows(CellShapes.rows(projected));
    boolean dropping = cell.contextDropout() && !masks.isEmpty();
    Operand<TFloat32> read =
        dropping ? tf.math.mul(state.context(), masks.get(0)) : state.context();
    CellStep<S> inner =
        cell.cell()
            .advance(
                tf,
                values,
                input.join(tf, values, projected, List.of(read)),
                state.cell(),
                dropping ? masks.subList(1, masks.size()) : masks);
    Operand<TFloat32> h = inner.output();
    AttentionSettings settings = cell.attention().settings();
    int rows = (int) CellShapes.rows(List.of(h));
    Operand<TFloat32> query = cell.attention().projected(tf, values, h, true);
    Operand<TFloat32> weights =
        memory.weigh(
            tf,
            values,
            tf.reshape(
                query,
                tf.constant(new int[] {rows < 0 ? -1 : rows / beams, beams, settings.units()})));
    Operand<TFloat32> context =
        tf.reshape(
            memory.contexts(tf, values, weights),
            tf.constant(new int[] {rows, settings.memorySize()}));
    Operand<TFloat32> output =
        cell.contextOut() ? tf.concat(List.of(h, context), tf.constant(1)) : h;
    return new Attended<>(
        new CellStep<>(output, new AttentionState<>(inner.state(), context)),
        tf.reshape(
            weights,
            tf.stack(
                List.of(
                    rows < 0 ? MemoryRows.size(tf, h, 0) : tf.constant(rows),
                    MemoryRows.size(tf, weights, 2)))));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, AttentionState<S> state) {
    return cell.cell()
        .dynamicWeights(
            tf, values, input.join(tf, values, projected, List.of(state.context())), state.cell());
  }

  private void requireRows(long rows) {
    if (rows >= 0 && (rows % beams != 0 || (memory.rows() >= 0 && rows != memory.rows() * beams))) {
      throw UserError.in(where())
          .what(
              beams == 1
                  ? "there is not one memory for each sequence"
                  : "there are not " + beams + " rows for each memory")
          .expected(memory.rows() < 0 ? "a multiple of " + beams : memory.rows() * beams + " rows")
          .received(rows)
          .build();
    }
  }
}
