// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.ParallelPieces;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.data.TranslationBatches;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.measure.Bleu;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Measures a translation model over sentences: {@code nats} for each piece of the given
 * translations, ends included, their exponential {@code perplexity}, and {@code bleu} of the
 * model's own translations, put together again to text and scored as sacreBLEU does.
 */
final class TranslationEvaluator {
  static final String NATS = "nats";
  static final String PERPLEXITY = "perplexity";
  static final String BLEU = "bleu";

  private final TranslationOutputs outputs;
  private final Subwords subwords;
  private final int batchSize;

  TranslationEvaluator(TranslationOutputs outputs, Subwords subwords, int batchSize) {
    this.outputs = outputs;
    this.subwords = subwords;
    this.batchSize = batchSize;
  }

  /**
   * Measures sentences.
   *
   * @param references the given translations as text
   * @param beam whether the model's translations come from the search, or the likeliest piece is
   *     taken after each piece
   */
  Map<String, Double> measure(
      Session session, ParallelPieces sentences, List<String> references, boolean beam) {
    double nats = 0;
    long pieces = 0;
    String[] written = new String[references.size()];
    for (TranslationBatch batch :
        TranslationBatches.inOrder(sentences.source(), sentences.target(), batchSize)) {
      try (Feeds feeds = new Feeds()) {
        feed(feeds, batch);
        try (Result result =
            feeds
                .into(session.runner())
                .fetch(outputs.nats())
                .fetch(beam ? outputs.beam() : outputs.greedy())
                .run()) {
          nats += ((TFloat32) result.get(0)).getFloat();
          pieces += batch.predictions();
          List<int[]> ids = first((TInt32) result.get(1));
          for (int row = 0; row < ids.size(); row++) {
            written[batch.sentences()[row]] = WrittenPieces.text(subwords, ids.get(row));
          }
        }
      }
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(NATS, nats / pieces);
    metrics.put(PERPLEXITY, Math.exp(nats / pieces));
    metrics.put(BLEU, Bleu.of(Arrays.asList(written), references).score());
    return metrics;
  }

  private void feed(Feeds feeds, TranslationBatch batch) {
    Shape rows = Shape.of(batch.rows());
    Shape target = Shape.of(batch.rows(), batch.targetTime());
    feeds
        .ints(outputs.source(), Shape.of(batch.rows(), batch.sourceTime()), batch.source())
        .ints(outputs.sourceLengths(), rows, batch.sourceLengths())
        .ints(outputs.inputs(), target, batch.inputs())
        .ints(outputs.targets(), target, batch.targets())
        .ints(outputs.targetLengths(), rows, batch.targetLengths());
  }

  /**
   * Translates sentences.
   *
   * @param operand {@link TranslationOutputs#greedy} or {@link TranslationOutputs#beam}
   * @param source ids of each, without marks
   * @return ids of each translation, its end and what is behind it left out
   */
  List<int[]> translate(Session session, Operand<TInt32> operand, List<int[]> source) {
    int time = source.stream().mapToInt(ids -> ids.length).max().orElse(0);
    int[] flat = new int[source.size() * time];
    for (int i = 0; i < source.size(); i++) {
      System.arraycopy(source.get(i), 0, flat, i * time, source.get(i).length);
    }
    try (Feeds feeds = new Feeds()) {
      feeds
          .ints(outputs.source(), Shape.of(source.size(), time), flat)
          .ints(
              outputs.sourceLengths(),
              Shape.of(source.size()),
              source.stream().mapToInt(ids -> ids.length).toArray());
      try (Result result = feeds.into(session.runner()).fetch(operand).run()) {
        return first((TInt32) result.get(0));
      }
    }
  }

  /** The first translation of each sentence, up to its end: of {@code [B, T]} or [B, K, T]. */
  private static List<int[]> first(TInt32 ids) {
    int[] values = new int[Math.toIntExact(ids.size())];
    ids.asRawTensor().data().asInts().read(values);
    int rows = Math.toIntExact(ids.shape().get(0));
    int time = Math.toIntExact(ids.shape().get(ids.shape().numDimensions() - 1));
    int stride = rows == 0 ? 0 : values.length / rows;
    List<int[]> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int length = 0;
      int from = row * stride;
      while (length < time
          && values[from + length] != TranslationBatch.END
          && values[from + length] != TranslationBatch.PAD) {
        length++;
      }
      all.add(Arrays.copyOfRange(values, from, from + length));
    }
    return all;
  }
}
