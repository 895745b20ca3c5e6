// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.zoo.LanguageModel;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The ops that measure a language model: they take a piece of B parallel streams with the state
 * before it, and return the loss and the state after it. T and B are those of the fed arrays.
 *
 * @param ids {@code [T, B]}
 * @param targets the id that follows each, {@code [T, B]}
 * @param lengths steps that count in the loss, {@code [B]}; the state goes through all T
 * @param state parts of the state before the first step, {@code [B, size]}
 * @param loss mean nats of the predictions that count, a scalar
 * @param nextState parts of the state after step T
 */
record LanguageOutputs(
    Placeholder<TInt32> ids,
    Placeholder<TInt32> targets,
    Placeholder<TInt32> lengths,
    List<Placeholder<TFloat32>> state,
    Operand<TFloat32> loss,
    List<Operand<TFloat32>> nextState) {

  static LanguageOutputs build(Ops tf, LanguageModel model) {
    Placeholder<TInt32> ids = ids(tf, "ids", -1, -1);
    Placeholder<TInt32> targets = ids(tf, "targets", -1, -1);
    Placeholder<TInt32> lengths = ids(tf, "lengths", -1);
    List<Placeholder<TFloat32>> state = new ArrayList<>();
    for (StatePart part : model.stateParts()) {
      state.add(
          tf.withName("state_" + part.name().replace('/', '_'))
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, part.size()))));
    }
    // No lengths in the scan: only the last piece of a text is ragged, and its state is not read.
    LanguageModel.Scores scores = model.logits(tf, ids, List.copyOf(state), null, null);
    Operand<TFloat32> loss = model.loss(tf, scores.logits(), targets, lengths);
    return new LanguageOutputs(ids, targets, lengths, state, loss, scores.state());
  }

  /** A placeholder of integers. */
  static Placeholder<TInt32> ids(Ops tf, String name, long... shape) {
    return tf.withName(name).placeholder(TInt32.class, Placeholder.shape(Shape.of(shape)));
  }
}
