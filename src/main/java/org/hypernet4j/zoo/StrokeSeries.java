// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.unroll.SequenceMask;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Slice;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch of drawings as a {@link StrokeModel} reads and predicts them.
 *
 * <p>With a Bernoulli pen a drawing of L points has L predictions, the first from the start token
 * {@code (0, 0, 1)}. With a pen of three states it has L + 1, the first from {@code (0, 0, 1, 0,
 * 0)}; the last predicts the end of the drawing and no offset. Nothing depends on padding, whatever
 * it holds: it is replaced by zeros, and the model's predictions there as well before the loss.
 */
public final class StrokeSeries {
  private final MixtureDensity density;
  private final SequenceMask points;
  private final SequenceMask steps;
  private final Operand<TFloat32> known;
  private final Operand<TFloat32> inputs;

  /**
   * Prepares a batch.
   *
   * @param density of the model
   * @param drawings rows {@code dx, dy, pen} in normalised units, {@code [T, B, 3]}
   * @param lengths points of each drawing, {@code [B]}
   */
  public StrokeSeries(
      Ops tf, MixtureDensity density, Operand<TFloat32> drawings, Operand<TInt32> lengths) {
    Shapes.require(StrokeModel.WHERE, "drawings", drawings, -1, -1, 3);
    this.density = density;
    this.points = SequenceMask.of(tf, StrokeModel.WHERE, lengths, drawings);
    this.known = points.only(tf, drawings);
    MixtureDensity.Pen pen = density.settings().pen();
    Operand<TFloat32> all =
        tf.concat(List.of(start(tf, pen, known), known), tf.constant(0)); // [T + 1, B, 3]
    this.inputs =
        inputs(
            tf,
            pen,
            ends() ? all : tf.slice(all, tf.constant(new int[] {0, 0, 0}), tf.shape(known)));
    this.steps =
        ends()
            ? SequenceMask.of(
                tf, StrokeModel.WHERE, tf.math.add(points.lengths(), tf.constant(1)), inputs)
            : points;
  }

  private boolean ends() {
    return density.settings().pen() == MixtureDensity.Pen.THREE_WAY;
  }

  /**
   * The start token for each drawing, as the model reads it.
   *
   * @param batch number of drawings, a scalar
   * @return {@code [B, pointColumns]}
   */
  public static Operand<TFloat32> starts(Ops tf, MixtureDensity density, Operand<TInt32> batch) {
    MixtureDensity.Pen pen = density.settings().pen();
    return tf.tile(
        inputs(tf, pen, tf.constant(new float[][] {token(pen)})),
        tf.stack(List.of(batch, tf.constant(1))));
  }

  /**
   * Drawings with the start token before each, as the model reads them.
   *
   * @param drawings rows {@code dx, dy, pen} in normalised units, {@code [T, B, 3]}
   * @return {@code [T + 1, B, pointColumns]}
   */
  public static Operand<TFloat32> withStart(
      Ops tf, MixtureDensity density, Operand<TFloat32> drawings) {
    MixtureDensity.Pen pen = density.settings().pen();
    return inputs(tf, pen, tf.concat(List.of(start(tf, pen, drawings), drawings), tf.constant(0)));
  }

  /** The start token as a row of stroke-3: a lifted pen for Bernoulli, one that is down else. */
  private static float[] token(MixtureDensity.Pen pen) {
    return new float[] {0, 0, pen == MixtureDensity.Pen.BERNOULLI ? 1 : 0};
  }

  private static Operand<TFloat32> start(Ops tf, MixtureDensity.Pen pen, Operand<TFloat32> series) {
    Operand<TInt32> batch =
        tf.slice(tf.shape(series), tf.constant(new int[] {1}), tf.constant(new int[] {1}));
    return tf.tile(
        tf.constant(new float[][][] {{token(pen)}}),
        tf.concat(
            List.of(tf.constant(new int[] {1}), batch, tf.constant(new int[] {1})),
            tf.constant(0)));
  }

  /**
   * Rows of stroke-3 as inputs of the model.
   *
   * @param rows {@code [..., 3]}
   * @return {@code [..., 3]} for a Bernoulli pen, {@code [..., 5]} otherwise
   */
  public static Operand<TFloat32> inputs(Ops tf, MixtureDensity.Pen pen, Operand<TFloat32> rows) {
    if (pen == MixtureDensity.Pen.BERNOULLI) {
      return rows;
    }
    int axes = rows.shape().numDimensions();
    Operand<TFloat32> lifted = column(tf, rows, axes, 2, 1);
    Operand<TFloat32> down = tf.math.sub(tf.constant(1f), lifted);
    return tf.concat(
        List.of(column(tf, rows, axes, 0, 2), down, lifted, tf.zerosLike(lifted)),
        tf.constant(axes - 1));
  }

  private static Slice<TFloat32> column(
      Ops tf, Operand<TFloat32> rows, int axes, int from, int size) {
    int[] begin = new int[axes];
    int[] sizes = new int[axes];
    Arrays.fill(sizes, -1);
    begin[axes - 1] = from;
    sizes[axes - 1] = size;
    return tf.slice(rows, tf.constant(begin), tf.constant(sizes));
  }

  /** The model's inputs, {@code [steps, B, pointColumns]}. */
  public Operand<TFloat32> inputs() {
    return inputs;
  }

  /** The points without a start token, as an encoder reads them: {@code [T, B, pointColumns]}. */
  public Operand<TFloat32> drawn(Ops tf) {
    return inputs(tf, density.settings().pen(), known);
  }

  /** Points of each drawing, from 0 to T, {@code [B]}. */
  public Operand<TInt32> lengths() {
    return points.lengths();
  }

  /**
   * Negative log-likelihoods in nats, in normalised units.
   *
   * @param offsets of the offset of every point, {@code [T, B]}, 0 in padding
   * @param pens of the pen after every point, {@code [steps, B]}, 0 in padding; behind a drawing's
   *     last point, for a pen of three states, that of its end
   */
  public record Nats(Operand<TFloat32> offsets, Operand<TFloat32> pens) {}

  /**
   * Compares predictions with the drawings.
   *
   * @param raw those of {@link StrokeModel#raw} for {@link #inputs}
   */
  public Nats nats(Ops tf, Operand<TFloat32> raw) {
    int pen = density.settings().pen().columns();
    int columns = density.columns();
    Operand<TFloat32> checked = steps.only(tf, raw);
    Operand<TFloat32> offsets = known;
    Operand<TFloat32> harmless = checked;
    if (ends()) {
      // the end predicts no offset: nor may the density there, of which a part may be infinite
      Operand<TFloat32> mixture = column(tf, checked, 3, pen, columns - pen);
      Operand<TFloat32> counted =
          tf.select(tf.expandDims(offsetSteps(tf), tf.constant(2)), mixture, tf.zerosLike(mixture));
      harmless = tf.concat(List.of(column(tf, checked, 3, 0, pen), counted), tf.constant(2));
      offsets = tf.concat(List.of(known, tf.zerosLike(lastRow(tf))), tf.constant(0));
    }
    MixtureDensity.Loss loss =
        density.loss(
            tf,
            tf.reshape(harmless, tf.constant(new int[] {-1, columns})),
            tf.reshape(column(tf, offsets, 3, 0, 2), tf.constant(new int[] {-1, 2})),
            pens(tf));
    Operand<TInt32> shape = tf.shape(steps.steps());
    Operand<TFloat32> offsetNats = tf.reshape(loss.offset(), shape);
    if (ends()) {
      offsetNats = tf.slice(offsetNats, tf.constant(new int[] {0, 0}), tf.shape(points.steps()));
    }
    return new Nats(
        only(tf, points.steps(), offsetNats),
        only(tf, steps.steps(), tf.reshape(loss.pen(), shape)));
  }

  /**
   * Which states of the pen are not the likeliest: 1 where another is, else 0; of equal ones the
   * first, down before lifted before the end, counts.
   *
   * @param raw those of {@link StrokeModel#raw} for {@link #inputs}
   * @return {@code [steps, B]}, 0 in padding
   */
  public Operand<TFloat32> penErrors(Ops tf, Operand<TFloat32> raw) {
    Operand<TFloat32> logits =
        column(tf, steps.only(tf, raw), 3, 0, density.settings().pen().columns());
    Operand<TFloat32> states = pens(tf); // [steps B] or [steps B, 3]
    Operand<TBool> wrong;
    if (ends()) {
      Operand<TInt32> last = tf.constant(-1);
      Operand<TInt32> likeliest = tf.math.argMax(logits, last, TInt32.class); // [steps, B]
      Operand<TInt32> given = tf.math.argMax(states, last, TInt32.class);
      wrong = tf.math.notEqual(likeliest, tf.reshape(given, tf.shape(likeliest)));
    } else {
      Operand<TInt32> shape = tf.shape(steps.steps());
      wrong =
          tf.math.notEqual(
              tf.math.greater(tf.reshape(logits, shape), tf.constant(0f)),
              tf.math.greater(tf.reshape(states, shape), tf.constant(0.5f)));
    }
    return only(tf, steps.steps(), tf.dtypes.cast(wrong, TFloat32.class));
  }

  /**
   * Numbers of every point, with zeros in padding.
   *
   * @param values {@code [T, B]}
   */
  public Operand<TFloat32> ofPoints(Ops tf, Operand<TFloat32> values) {
    return only(tf, points.steps(), values);
  }

  private static Operand<TFloat32> only(Ops tf, Operand<TBool> mask, Operand<TFloat32> values) {
    return tf.select(mask, values, tf.zerosLike(values));
  }

  /** Whether a step predicts an offset that counts: one row more than there are points. */
  private Operand<TBool> offsetSteps(Ops tf) {
    Operand<TBool> some = points.steps();
    Operand<TBool> row =
        tf.slice(steps.steps(), tf.constant(new int[] {0, 0}), tf.constant(new int[] {1, -1}));
    return tf.concat(
        List.of(some, tf.math.logicalAnd(row, tf.math.logicalNot(row))), tf.constant(0));
  }

  private Operand<TFloat32> lastRow(Ops tf) {
    return tf.slice(inputs, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {1, -1, 3}));
  }

  /** The pens to predict, as the density takes them. */
  private Operand<TFloat32> pens(Ops tf) {
    Operand<TFloat32> lifted = column(tf, known, 3, 2, 1); // [T, B, 1]
    if (!ends()) {
      return tf.reshape(lifted, tf.constant(new int[] {-1}));
    }
    Operand<TFloat32> counted =
        tf.dtypes.cast(tf.expandDims(points.steps(), tf.constant(2)), TFloat32.class);
    Operand<TFloat32> zeros =
        tf.zerosLike(
            tf.slice(inputs, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {1, -1, 1})));
    Operand<TInt32> time = tf.constant(0);
    Operand<TFloat32> up = tf.concat(List.of(lifted, zeros), time); // [T + 1, B, 1]
    Operand<TFloat32> point = tf.concat(List.of(counted, zeros), time);
    Operand<TFloat32> state =
        tf.concat(
            List.of(
                tf.math.sub(point, up), up, tf.math.sub(tf.constant(1f), point)), // down, up, end
            tf.constant(2));
    return tf.reshape(state, tf.constant(new int[] {-1, 3}));
  }
}
