// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * A drawing that a model makes while somebody watches, point by point, equal to the last bit to
 * what {@link StrokesModel#sample} gives for the request alone. Get one from {@link
 * StrokesModel#stream}.
 *
 * <p>The model draws ahead in blocks: the first 16 points, then the first 32, 64 and so on, each
 * block from the beginning, as one seed gives one drawing. So all of it takes about twice the time
 * of one drawing, the first point is there after sixteen steps, and a stream that is left alone
 * holds no memory of TensorFlow's.
 *
 * <p>One thread reads; {@link #cancel} may be called by any, at any time.
 */
public final class DrawingStream implements Iterator<DrawingStream.Point>, AutoCloseable {
  private static final int FIRST_BLOCK = 16;

  private final StrokesModel model;
  private final SampleRequest request;
  private StrokesModel.@Nullable Sample drawn;
  private int asked;
  private int at;
  private volatile boolean cancelled;

  /**
   * A point, in units of the data.
   *
   * @param dx offset from the point before, to the right
   * @param dy the same, downwards
   * @param lifted whether the pen is lifted after the point
   */
  public record Point(float dx, float dy, boolean lifted) {}

  DrawingStream(StrokesModel model, SampleRequest request) {
    this.model = model;
    this.request = request;
  }

  /** Whether there is another point, which is computed for the answer if it must be. */
  @Override
  public synchronized boolean hasNext() {
    while (!cancelled && at == known() && !complete()) {
      asked = Math.min(request.count(), Math.max(FIRST_BLOCK, 2 * asked));
      drawn = model.sample(List.of(request.withCount(asked))).get(0);
    }
    return !cancelled && at < known();
  }

  private int known() {
    return drawn == null ? 0 : drawn.points();
  }

  private boolean complete() {
    return drawn != null && (drawn.points() < asked || asked == request.count());
  }

  /**
   * The next point.
   *
   * @throws NoSuchElementException after the last, or after {@link #cancel}
   */
  @Override
  public synchronized Point next() {
    if (!hasNext() || drawn == null || drawn.whole() == null) {
      throw new NoSuchElementException(
          cancelled ? "the stream was cancelled" : "the drawing has " + at + " points");
    }
    PenDrawing whole = drawn.whole();
    int place = drawn.primed() + at++;
    return new Point(whole.dx(place), whole.dy(place), whole.lifted(place));
  }

  /** How many points {@link #next} has returned. */
  public synchronized int count() {
    return at;
  }

  /**
   * Draws all that is left.
   *
   * @return the whole drawing with what it began with; after {@link #cancel} what {@link #next} has
   *     returned. {@code ended} says whether the model itself has ended it
   */
  public synchronized StrokesModel.Sample rest() {
    while (hasNext()) {
      next();
    }
    PenDrawing whole = drawn == null ? request.prime() : drawn.whole();
    int points = request.primed() + at;
    return new StrokesModel.Sample(
        whole == null || points == 0 ? null : whole.slice(0, points),
        request.primed(),
        drawn != null && drawn.ended() && at == drawn.points());
  }

  /** Ends the stream. A block that is being computed is finished and thrown away. */
  public void cancel() {
    cancelled = true;
  }

  /** As {@link #cancel}. */
  @Override
  public void close() {
    cancel();
  }
}
