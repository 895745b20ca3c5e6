// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.EncodedText;
import org.hypernet4j.data.TextBatch;
import org.hypernet4j.data.TextBatches;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Measures a language model over a whole text: every symbol but the first is predicted once, with
 * the state carried from piece to piece of a stream.
 *
 * <p>The text is read as several streams at once, {@link TextBatches#inOrder}; each but the first
 * begins without the context that it would have in one pass, which makes the result a little worse
 * than that of one stream: by the additional surprise of a few symbols of each stream, divided by
 * all symbols.
 */
final class LanguageEvaluator {
  private static final double LN_2 = Math.log(2);

  private final LanguageOutputs outputs;
  private final int streams;
  private final int steps;

  /**
   * Creates an evaluator with the sizes of its batches.
   *
   * @param streams streams that are read at once; 1 is exact
   * @param steps symbols of a stream that one run of the session reads
   */
  LanguageEvaluator(LanguageOutputs outputs, int streams, int steps) {
    this.outputs = outputs;
    this.streams = streams;
    this.steps = steps;
  }

  /** Mean nats, {@code loss}, and bits, {@code bpc}, for each predicted symbol. */
  Map<String, Double> measure(Session session, EncodedText text) {
    return measure(session, TextBatches.inOrder(text, streams, steps));
  }

  /**
   * As {@link #measure(Session, EncodedText)}, for the pieces of a text, the state carried from
   * each to the next.
   *
   * @throws UserError if nothing is predicted in them, since no mean exists then
   */
  Map<String, Double> measure(Session session, Iterable<TextBatch> pieces) {
    double nats = 0;
    long predictions = 0;
    Result last = null;
    try {
      for (TextBatch piece : pieces) {
        Result before = last;
        last = run(session, piece, before);
        if (before != null) {
          before.close();
        }
        nats += (double) ((TFloat32) last.get(0)).getFloat() * piece.predictions();
        predictions += piece.predictions();
      }
    } finally {
      if (last != null) {
        last.close();
      }
    }
    if (predictions == 0) {
      throw UserError.in("evaluation of a language model")
          .what("there is nothing to predict")
          .expected("pieces of text with at least one prediction")
          .received("none")
          .build();
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", nats / predictions);
    metrics.put("bpc", nats / predictions / LN_2);
    return metrics;
  }

  /**
   * Reads a piece.
   *
   * @param before the result of the piece before it, or null at the start
   * @return the loss and the parts of the state
   */
  private Result run(Session session, TextBatch piece, @Nullable Result before) {
    Shape shape = Shape.of(piece.steps(), piece.streams());
    List<Placeholder<TFloat32>> state = outputs.state();
    try (Feeds feeds = new Feeds()) {
      feeds
          .ints(outputs.ids(), shape, piece.inputs())
          .ints(outputs.targets(), shape, piece.targets())
          .ints(outputs.lengths(), Shape.of(piece.streams()), piece.lengths());
      if (before == null) {
        for (Placeholder<TFloat32> part : state) {
          Shape one = Shape.of(piece.streams(), part.shape().get(1));
          feeds.floats(part, one, new float[Math.toIntExact(one.size())]);
        }
      }
      Session.Runner runner = feeds.into(session.runner()).fetch(outputs.loss());
      for (int i = 0; i < state.size(); i++) {
        runner.fetch(outputs.nextState().get(i));
        if (before != null) {
          runner.feed(state.get(i), before.get(i + 1));
        }
      }
      return runner.run();
    }
  }
}
