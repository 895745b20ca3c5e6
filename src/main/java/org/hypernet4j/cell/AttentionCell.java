// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * A cell that attends to a memory, with input feeding (Luong and others, arXiv:1508.04025, section
 * 3.3; the lowest decoder layer of GNMT, arXiv:1609.08144): it reads its input and the context of
 * the step before side by side, and its output is the query of the next context.
 *
 * <pre>
 * h' = cell([x ; context], state)
 * context' = the mean of the memory's rows, weighted by the attention of h'
 * </pre>
 *
 * <p>The output is h', or {@code [h' ; context']} with {@link #withContextOut}. The cell inside may
 * be of any kind; its input is as wide as x and a row of the memory together. What it reads of x is
 * projected before a loop if it reads its input through matrices ({@link RnnCell#inputMatrices}).
 *
 * <p>{@link #reading} gives the cell that attends to the memory of a certain batch, to be run by a
 * scan, an unroll, step by step or in a loop of your own.
 *
 * @param <S> the state of the cell inside
 */
public final class AttentionCell<S> {
  static final String WHERE = "attention cell";

  private final RnnCell<S> cell;
  private final Attention attention;
  private final boolean contextOut;
  private final boolean contextDropout;

  /**
   * Puts a cell and an attention together.
   *
   * @throws UserError if their sizes do not fit
   */
  public AttentionCell(RnnCell<S> cell, Attention attention) {
    this(cell, attention, false, false);
    AttentionSettings settings = attention.settings();
    if (cell.outputSize() != settings.querySize()) {
      throw UserError.in(WHERE)
          .what("the cell's output is not as wide as a query")
          .expected(settings.querySize() + ", the attention's query size")
          .received(cell.outputSize())
          .build();
    }
    if (inputSize() < 1) {
      throw UserError.in(WHERE)
          .what("the cell's input has no room for x beside the context")
          .expected("more than " + settings.memorySize() + ", the size of a row of the memory")
          .received(cell.inputSize())
          .next("make the cell for the sizes of x and of the memory together")
          .build();
    }
  }

  private AttentionCell(
      RnnCell<S> cell, Attention attention, boolean contextOut, boolean contextDropout) {
    this.cell = cell;
    this.attention = attention;
    this.contextOut = contextOut;
    this.contextDropout = contextDropout;
  }

  /** With the output {@code [h ; context]}, or with h alone. */
  public AttentionCell<S> withContextOut(boolean value) {
    return new AttentionCell<>(cell, attention, value, contextDropout);
  }

  /**
   * With a mask {@code context [batch, D]}, before those of the cell inside: dropout of the context
   * that the cell reads, where x has had its own before.
   */
  public AttentionCell<S> withContextDropout(boolean value) {
    return new AttentionCell<>(cell, attention, contextOut, value);
  }

  /** Size of the input x, without the context. */
  public int inputSize() {
    return cell.inputSize() - attention.settings().memorySize();
  }

  /** Size of the output. */
  public int outputSize() {
    return cell.outputSize() + (contextOut ? attention.settings().memorySize() : 0);
  }

  /** The state, which is the same whatever memory is read; zeros at a sequence's beginning. */
  public StateLayout<AttentionState<S>> stateLayout() {
    return AttentionState.layout(cell.stateLayout(), attention.settings().memorySize());
  }

  /** The dropout masks that the cell takes, whatever memory is read. */
  public List<StatePart> maskParts() {
    List<StatePart> parts = new ArrayList<>();
    if (contextDropout) {
      parts.add(new StatePart("context", attention.settings().memorySize()));
    }
    cell.maskParts().forEach(part -> parts.add(part.below("cell")));
    return parts;
  }

  /**
   * The cell that attends to this memory.
   *
   * @param memory one for each sequence of the batch
   * @throws UserError if its keys are those of another attention
   */
  public AttendingCell<S> reading(AttentionMemory memory) {
    return readingBeams(memory, 1);
  }

  /**
   * The cell for several rows of each example, as a beam search has them: row {@code b * beams + k}
   * attends to memory b, which is not repeated.
   *
   * @param beams rows of each example, 1 or more
   */
  public AttendingCell<S> readingBeams(AttentionMemory memory, int beams) {
    if (memory.attention() != attention) {
      throw UserError.in(WHERE)
          .what("the keys of the memory are those of another attention")
          .expected("a memory from the attention of this cell, " + attention.where())
          .received("one from " + memory.attention().where())
          .next("make it with attention.over(tf, memory, lengths)")
          .build();
    }
    if (beams < 1) {
      throw UserError.in(WHERE)
          .what("there are no beams")
          .expected("1 or more")
          .received(beams)
          .build();
    }
    return new AttendingCell<>(this, memory, beams);
  }

  RnnCell<S> cell() {
    return cell;
  }

  Attention attention() {
    return attention;
  }

  boolean contextOut() {
    return contextOut;
  }

  boolean contextDropout() {
    return contextDropout;
  }
}
