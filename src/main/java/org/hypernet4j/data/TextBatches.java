// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;

/**
 * Training batches as a function of the step: the text is cut into equal streams that are read in
 * parallel, each from its start to its end, T symbols at a step, so that the state after one step
 * is the initial state of the next.
 *
 * <p>A text of n symbols has n - 1 predictions; each of B streams gets S = (n - 1) / B of them.
 * Every epoch begins at another offset, equal for all streams, below T and drawn from seed and
 * epoch, so that the positions where back-propagation is truncated move. An epoch has K = (S - T +
 * 1) / T steps, which fit after every offset; if S is too short for that, there is one step and
 * fewer offsets. The symbols left before the offset and after the last step, at most 2 T - 1 of a
 * stream, differ from epoch to epoch. At the start of an epoch the state is reset.
 *
 * <p>No state is kept between steps, and any thread may request any step.
 */
public final class TextBatches {
  private final EncodedText text;
  private final int streams;
  private final int steps;
  private final int streamLength;
  private final int stepsPerEpoch;
  private final StatelessRandom offsets;

  /**
   * Sets up the batches.
   *
   * @param streams parallel streams, B: the batch size
   * @param steps symbols of a stream in one training step, T
   * @param seed the run's seed
   * @throws UserError if the text is too short for one batch
   */
  public TextBatches(EncodedText text, int streams, int steps, long seed) {
    requirePositive(streams, steps);
    long needed = (long) streams * steps + 1;
    if (text.length() < needed) {
      throw UserError.in("training text")
          .what("too short for one batch")
          .expected(
              "at least %d symbols: %d streams of %d and the one after them"
                  .formatted(needed, streams, steps))
          .received(text.length())
          .next("use a longer text, or make training.batchSize or data.sequenceLength smaller")
          .build();
    }
    this.text = text;
    this.streams = streams;
    this.steps = steps;
    this.streamLength = (text.length() - 1) / streams;
    this.stepsPerEpoch = Math.max(1, (streamLength - steps + 1) / steps);
    this.offsets = StatelessRandom.of(seed).fold("text offset");
  }

  /** Steps in an epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /**
   * The batch of a step, created by every call.
   *
   * @param step counted from 0 over all epochs
   * @return [T, B]; every length is T
   */
  public TextBatch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step must not be negative, got " + step);
    }
    int[] starts = new int[streams];
    int[] lengths = new int[streams];
    int first = offset(step / stepsPerEpoch) + (int) (step % stepsPerEpoch) * steps;
    for (int b = 0; b < streams; b++) {
      starts[b] = b * streamLength + first;
      lengths[b] = steps;
    }
    return columns(text, starts, lengths, steps, step % stepsPerEpoch == 0);
  }

  private int offset(long epoch) {
    int room = streamLength - stepsPerEpoch * steps;
    return offsets.below(epoch, Math.min(steps, room + 1));
  }

  /**
   * A whole text in its order, for evaluation: with carried state and without overlap, every symbol
   * but the very first is predicted exactly once.
   *
   * <p>The n - 1 predictions are cut into streams whose lengths differ by one at most. The first
   * symbol of a stream is the last target of the stream before it, so nothing is lost at the
   * borders; but each stream begins without the context that it would have in one pass. With
   * streams that are much longer than the model's memory that changes the mean by little; {@code
   * streams} = 1 is exact.
   *
   * @param streams parallel streams at most; a text with fewer predictions gets fewer
   * @param steps symbols of a stream in one batch; the last batch may have fewer
   * @throws UserError if the text has fewer than two symbols
   */
  public static Iterable<TextBatch> inOrder(EncodedText text, int streams, int steps) {
    requirePositive(streams, steps);
    if (text.length() < 2) {
      throw UserError.in("text")
          .what("there is nothing to predict")
          .expected("at least 2 symbols")
          .received(text.length())
          .next("use a longer text")
          .build();
    }
    return () -> new InOrder(text, Math.min(streams, text.length() - 1), steps);
  }

  private static void requirePositive(int streams, int steps) {
    if (streams < 1 || steps < 1) {
      throw UserError.in("text batches")
          .what("streams and steps must be positive")
          .received(streams + " streams, " + steps + " steps")
          .next("choose another batch size or sequence length")
          .build();
    }
  }

  private static TextBatch columns(
      EncodedText text, int[] starts, int[] lengths, int steps, boolean reset) {
    int streams = starts.length;
    int[] inputs = new int[steps * streams];
    int[] targets = new int[steps * streams];
    for (int b = 0; b < streams; b++) {
      for (int t = 0; t < lengths[b]; t++) {
        inputs[t * streams + b] = text.id(starts[b] + t);
        targets[t * streams + b] = text.id(starts[b] + t + 1);
      }
    }
    return new TextBatch(inputs, targets, lengths, reset);
  }

  private static final class InOrder implements Iterator<TextBatch> {
    private final EncodedText text;
    private final int streams;
    private final int steps;
    private int done;

    InOrder(EncodedText text, int streams, int steps) {
      this.text = text;
      this.streams = streams;
      this.steps = steps;
    }

    /** The first prediction of a stream, or the end of the one before it. */
    private int border(int stream) {
      return (int) ((long) (text.length() - 1) * stream / streams);
    }

    private int longest() {
      return (text.length() - 1 + streams - 1) / streams;
    }

    @Override
    public boolean hasNext() {
      return done < longest();
    }

    @Override
    public TextBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int count = Math.min(steps, longest() - done);
      int[] starts = new int[streams];
      int[] lengths = new int[streams];
      for (int b = 0; b < streams; b++) {
        starts[b] = border(b) + done;
        lengths[b] = Math.min(count, border(b + 1) - starts[b]);
      }
      TextBatch batch = columns(text, starts, lengths, count, done == 0);
      done += count;
      return batch;
    }
  }
}
