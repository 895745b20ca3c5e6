// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.EpochShuffle;
import org.hypernet4j.random.StatelessRandom;
import org.jspecify.annotations.Nullable;

/**
 * Training batches of drawings as a function of the step: shuffled anew in every epoch, sorted by
 * length inside pools of some batches so that little is padded, the batches of a pool shuffled, the
 * drawings augmented and normalised.
 *
 * <p>No state is kept between steps, so a checkpoint needs only the step number as cursor, and any
 * thread may request any step. A drawing is used once in an epoch; those left over when the batch
 * size does not divide their number are dropped, others in each epoch.
 */
public final class StrokeBatches {
  private final Encoded drawings;
  private final StrokeScaling scaling;
  private final StrokeAugmentation augmentation;
  private final int batchSize;
  private final LengthPools pools;
  private final StatelessRandom augmentations;

  /**
   * Sets up the batches.
   *
   * @param scaling constants of the training part
   * @param batchSize drawings in a batch, at most as many as there are
   * @param poolBatches batches in a pool, at least 1
   * @param seed the run's seed: shuffles and augmentation depend on it and on the step alone
   * @param vocabulary numbers the characters of the texts; null to leave the texts out
   * @throws UserError if the batch size does not suit the drawings, or the vocabulary the texts
   */
  public StrokeBatches(
      DrawingPart part,
      StrokeScaling scaling,
      StrokeAugmentation augmentation,
      int batchSize,
      int poolBatches,
      long seed,
      @Nullable Vocabulary vocabulary) {
    if (batchSize > part.count()) {
      throw UserError.in(part.name())
          .what("fewer drawings than a batch has")
          .expected("at least the batch size, " + batchSize)
          .received(part.count())
          .next("use more drawings, or make training.batchSize smaller")
          .build();
    }
    this.drawings = Encoded.of(part, batchSize, vocabulary);
    this.pools =
        new LengthPools(
            part.count(),
            batchSize,
            poolBatches,
            "drawings.poolBatches",
            seed,
            drawings.byLength());
    this.scaling = scaling;
    this.augmentation = augmentation;
    this.batchSize = batchSize;
    this.augmentations = StatelessRandom.of(seed).fold("augment");
  }

  /** Full batches in an epoch. */
  public int stepsPerEpoch() {
    return pools.stepsPerEpoch();
  }

  /**
   * The batch of a step, created by every call.
   *
   * @param step counted from 0 over all epochs
   * @return {@code batchSize} drawings
   */
  public StrokeBatch batch(long step) {
    int[] examples = examples(step);
    StatelessRandom random = augmentations.fold(step);
    float[][] rows = new float[batchSize][];
    for (int b = 0; b < batchSize; b++) {
      rows[b] = augmentation.apply(drawings.part().drawings().get(examples[b]), random.fold(b));
      rows[b] = scaling.scale(rows[b]);
    }
    return drawings.batch(examples, rows);
  }

  /** The numbers of a step's drawings. */
  int[] examples(long step) {
    return pools.examples(step);
  }

  /**
   * All drawings, unchanged but for the scaling, for evaluation: sorted by length, so that little
   * is padded; the last batch may be smaller.
   *
   * @param batchSize largest batch, at least 1
   * @param vocabulary as for training
   * @throws UserError if the vocabulary does not suit the texts
   */
  public static Iterable<StrokeBatch> inOrder(
      DrawingPart part, StrokeScaling scaling, int batchSize, @Nullable Vocabulary vocabulary) {
    EpochShuffle.requireBatchSize(batchSize, Integer.MAX_VALUE);
    Encoded drawings = Encoded.of(part, Math.min(batchSize, part.count()), vocabulary);
    List<Integer> numbers = new ArrayList<>(part.count());
    for (int i = 0; i < part.count(); i++) {
      numbers.add(i);
    }
    numbers.sort(drawings.byLength());
    int[] order = numbers.stream().mapToInt(Integer::intValue).toArray();
    return () -> new InOrder(drawings, scaling, order, batchSize);
  }

  /** Drawings and the ids of their texts; no ids without a vocabulary. */
  private record Encoded(DrawingPart part, List<EncodedText> texts) {
    static Encoded of(DrawingPart part, int batchSize, @Nullable Vocabulary vocabulary) {
      long most = (long) part.longest() * batchSize * PenDrawing.COLUMNS;
      if (most > Integer.MAX_VALUE - 8) {
        throw UserError.in(part.name())
            .what("a batch of the longest drawings does not fit into a Java array")
            .expected("fewer than 2^31 numbers")
            .received("%d drawings of up to %d points".formatted(batchSize, part.longest()))
            .next("make the batch size or drawings.maxPoints smaller")
            .build();
      }
      List<EncodedText> texts = new ArrayList<>();
      if (vocabulary != null) {
        if (part.texts().isEmpty()) {
          throw UserError.in(part.name())
              .what("nobody says what these drawings say")
              .expected("a text for each drawing")
              .received("none")
              .next("use data with transcriptions")
              .build();
        }
        for (int i = 0; i < part.count(); i++) {
          String where = "text of drawing " + i + " (counted from 0) of " + part.name();
          texts.add(vocabulary.encode(TextPart.of(where, part.texts().get(i))));
        }
      }
      return new Encoded(part, texts);
    }

    /** Shorter drawings first. */
    Comparator<Integer> byLength() {
      return Comparator.comparingInt(i -> part.drawings().get(i).points());
    }

    /** A batch of the drawings of these numbers, whose final rows are given. */
    StrokeBatch batch(int[] examples, float[][] rows) {
      int streams = examples.length;
      int[] lengths = new int[streams];
      for (int b = 0; b < streams; b++) {
        lengths[b] = rows[b].length / PenDrawing.COLUMNS;
      }
      int time = Arrays.stream(lengths).max().orElse(0);
      float[] points = new float[time * streams * PenDrawing.COLUMNS];
      for (int b = 0; b < streams; b++) {
        for (int t = 0; t < lengths[b]; t++) {
          System.arraycopy(
              rows[b],
              t * PenDrawing.COLUMNS,
              points,
              (t * streams + b) * PenDrawing.COLUMNS,
              PenDrawing.COLUMNS);
        }
      }
      if (texts.isEmpty()) {
        return new StrokeBatch(time, streams, points, lengths, new int[0], 0, new int[0]);
      }
      int[] textLengths = Arrays.stream(examples).map(i -> texts.get(i).length()).toArray();
      int textTime = Arrays.stream(textLengths).max().orElse(0);
      int[] ids = new int[streams * textTime];
      for (int b = 0; b < streams; b++) {
        System.arraycopy(texts.get(examples[b]).ids(), 0, ids, b * textTime, textLengths[b]);
      }
      return new StrokeBatch(time, streams, points, lengths, ids, textTime, textLengths);
    }
  }

  private static final class InOrder implements Iterator<StrokeBatch> {
    private final Encoded drawings;
    private final StrokeScaling scaling;
    private final int[] order;
    private final int batchSize;
    private int from;

    InOrder(Encoded drawings, StrokeScaling scaling, int[] order, int batchSize) {
      this.drawings = drawings;
      this.scaling = scaling;
      this.order = order;
      this.batchSize = batchSize;
    }

    @Override
    public boolean hasNext() {
      return from < order.length;
    }

    @Override
    public StrokeBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int to = from + Math.min(batchSize, order.length - from);
      int[] examples = Arrays.copyOfRange(order, from, to);
      float[][] rows = new float[examples.length][];
      for (int b = 0; b < rows.length; b++) {
        rows[b] = scaling.scale(drawings.part().drawings().get(examples[b]));
      }
      from = to;
      return drawings.batch(examples, rows);
    }
  }
}
