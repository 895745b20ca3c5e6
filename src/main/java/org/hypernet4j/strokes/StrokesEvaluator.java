// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.data.StrokeBatch;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Measures a model of strokes over drawings, as they are: no augmentation, no dropout, every offset
 * and every pen once, the end of the drawing included for a pen of three states.
 *
 * <p>Metrics: {@code nats} a drawing, {@code loss}, {@code offset} and {@code pen} a point, all in
 * normalised units, {@code natsRaw} a drawing in the units of the data, and {@code penError}, the
 * share of the pen's states, ends included, that are not the likeliest. With a latent vector they
 * are those of a decoder that knows the mean of z, {@code kl} is what z costs, nats a drawing, and
 * {@code natsWithKl} the sum of both. That is no bound of the likelihood, which a z drawn at random
 * would give.
 */
final class StrokesEvaluator {
  private final StrokesOutputs outputs;
  private final StrokeScaling scaling;

  StrokesEvaluator(StrokesOutputs outputs, StrokeScaling scaling) {
    this.outputs = outputs;
    this.scaling = scaling;
  }

  /**
   * Measures batches.
   *
   * @throws UserError if they hold no drawing
   */
  Map<String, Double> measure(Session session, Iterable<StrokeBatch> batches) {
    Sums sums = new Sums();
    for (StrokeBatch batch : batches) {
      add(session, batch, sums);
    }
    if (sums.drawings == 0) {
      throw UserError.in("evaluation of a model of strokes")
          .what("there is nothing to predict")
          .expected("at least one drawing")
          .received("none")
          .build();
    }
    double nats = sums.offsets + sums.pens;
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", nats / sums.points);
    metrics.put("offset", sums.offsets / sums.points);
    metrics.put("pen", sums.pens / sums.points);
    metrics.put("nats", nats / sums.drawings);
    metrics.put("natsRaw", (nats + sums.points * scaling.natsPerPoint()) / sums.drawings);
    metrics.put("penError", sums.penErrors / sums.states);
    if (outputs.divergence() != null) {
      metrics.put("kl", sums.divergence / sums.drawings);
      metrics.put("natsWithKl", (nats + sums.divergence) / sums.drawings);
    }
    return metrics;
  }

  private static final class Sums {
    private long drawings;
    private long points;
    private double offsets;
    private double pens;
    private double penErrors;
    private long states;
    private double divergence;
  }

  private void add(Session session, StrokeBatch batch, Sums sums) {
    try (Feeds feeds = new Feeds()) {
      feeds
          .floats(outputs.points(), Shape.of(batch.time(), batch.streams(), 3), batch.points())
          .ints(outputs.lengths(), Shape.of(batch.streams()), batch.lengths());
      StrokesOutputs.Text text = outputs.text();
      if (text != null) {
        feeds
            .ints(text.labels(), Shape.of(batch.streams(), batch.textTime()), batch.texts())
            .ints(text.lengths(), Shape.of(batch.streams()), batch.textLengths());
      }
      Session.Runner runner =
          feeds
              .into(session.runner())
              .fetch(outputs.offsets())
              .fetch(outputs.pens())
              .fetch(outputs.penErrors());
      Operand<TFloat32> divergence = outputs.divergence();
      if (divergence != null) {
        runner.fetch(divergence);
      }
      try (Result result = runner.run()) {
        sums.offsets += sum(result, 0);
        sums.pens += sum(result, 1);
        sums.penErrors += sum(result, 2);
        sums.divergence += divergence == null ? 0 : sum(result, 3);
      }
    }
    sums.drawings += batch.streams();
    for (int length : batch.lengths()) {
      sums.points += length;
      sums.states += length + (outputs.ends() ? 1 : 0);
    }
  }

  private static double sum(Result result, int at) {
    TFloat32 values = (TFloat32) result.get(at);
    double sum = 0;
    for (long i = 0; i < values.size(); i++) {
      sum += values.getFloat(i);
    }
    return sum;
  }
}
