// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.internal.Loop;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One step of a decoder that {@link BeamSearch} runs inside a loop. B sentences are decoded at once
 * with K beams each: row {@code b * K + k} of every tensor is beam k of sentence b.
 */
public interface DecoderStep {
  /** The parts of the decoder's state, in the order of all lists of state tensors. */
  List<StatePart> stateParts();

  /**
   * The state before the first step.
   *
   * @param tf ops of the graph around the loop
   * @param beams K
   * @return of each part {@code [B * K, size]}
   */
  List<Operand<TFloat32>> initial(Ops tf, int beams);

  /**
   * Reads a token in each row and scores the one after it.
   *
   * @param tf ops of the graph around the loop
   * @param loop the loop whose body receives the step; tensors from outside it are read through
   *     {@link Loop#invariant}
   * @param tokens ids of the tokens before this step, {@code [B * K]}
   * @param state of each part {@code [B * K, size]}
   */
  Result step(Ops tf, Loop loop, Operand<TInt32> tokens, List<? extends Operand<TFloat32>> state);

  /**
   * What a step makes, in the body of the loop.
   *
   * @param logits unnormalised scores of the next token, {@code [B * K, V]}
   * @param alignments the attention of this step, {@code [B * K, S]}: 0 behind the source's length
   * @param state the state after the step, of each part {@code [B * K, size]}
   */
  record Result(
      Operand<TFloat32> logits,
      Operand<TFloat32> alignments,
      List<? extends Operand<TFloat32>> state) {}
}
