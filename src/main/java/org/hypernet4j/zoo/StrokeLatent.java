// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.unroll.Bidirectional;
import org.hypernet4j.unroll.ScanOptions;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The latent vector of sketch-rnn (Ha and Eck, arXiv:1704.03477, section 3.2): one cell reads a
 * drawing from its start, another from its end; from their last outputs come mean and log-variance
 * of a normal distribution of z. The decoder reads z with every point and begins with the state
 * {@code tanh(z W + b)}.
 *
 * <p>Parameters: {@code latent/mean/kernel}, {@code latent/mean/bias}, {@code latent/logvar/...},
 * {@code latent/state/...}, kernels normal (0, 0.001) at first as in sketch-rnn's code, biases
 * zero. Columns of {@code latent/state} are the parts of the decoder's state in their order.
 */
public final class StrokeLatent {
  private static final String WHERE = "latent vector";
  private static final float FIRST_SD = 0.001f;

  private final int size;
  private final RnnCell<?> forwards;
  private final RnnCell<?> backwards;
  private final Projection mean;
  private final Projection logvar;
  private final Projection state;

  /**
   * The distribution of the latent vector of each drawing.
   *
   * @param mean {@code [B, size]}
   * @param logvar logarithms of the variances, {@code [B, size]}
   */
  public record Code(Operand<TFloat32> mean, Operand<TFloat32> logvar) {
    /**
     * A draw.
     *
     * @param noise standard normal numbers, {@code [B, size]}
     */
    public Operand<TFloat32> draw(Ops tf, Operand<TFloat32> noise) {
      Operand<TFloat32> sd = tf.math.exp(tf.math.mul(logvar, tf.constant(0.5f)));
      return tf.math.add(mean, tf.math.mul(sd, noise));
    }

    /** A draw for a step of training. */
    public Operand<TFloat32> draw(Ops tf, TrainingStep training) {
      return draw(tf, GraphDraw.normal(tf, mean, training, WHERE));
    }

    /**
     * The Kullback-Leibler divergence from the standard normal distribution, summed over the
     * vector: nats of each drawing, {@code [B]}. Sketch-rnn's is this divided by the size,
     * averaged.
     */
    public Operand<TFloat32> divergence(Ops tf) {
      Operand<TFloat32> terms =
          tf.math.sub(
              tf.math.add(tf.math.square(mean), tf.math.exp(logvar)),
              tf.math.add(logvar, tf.constant(1f)));
      return tf.math.mul(tf.reduceSum(terms, tf.constant(1)), tf.constant(0.5f));
    }
  }

  private record Projection(Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    static Projection of(ParameterScope scope, int inputs, int outputs) {
      return new Projection(
          scope.value(
              "kernel", Shape.of(inputs, outputs), Initializers.normal(0, FIRST_SD), Role.KERNEL),
          scope.value("bias", Shape.of(outputs), Initializers.zeros(), Role.BIAS));
    }

    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return Dense.apply(tf, x, kernel, bias);
    }
  }

  /**
   * Creates the parameters of the projections.
   *
   * @param scope of the whole model
   * @param forwards reads the points of a drawing from the first on
   * @param backwards reads them from the last on; of the same input size
   * @param size numbers in the vector
   * @param stateParts those of the decoder's cell
   */
  public StrokeLatent(
      ParameterScope scope,
      RnnCell<?> forwards,
      RnnCell<?> backwards,
      int size,
      List<StatePart> stateParts) {
    if (forwards.inputSize() != backwards.inputSize()) {
      throw UserError.in(WHERE)
          .what("the two cells of the encoder read inputs of different sizes")
          .expected(forwards.inputSize())
          .received(backwards.inputSize())
          .build();
    }
    this.size = size;
    this.forwards = forwards;
    this.backwards = backwards;
    int joined = forwards.outputSize() + backwards.outputSize();
    ParameterScope latent = scope.child("latent");
    mean = Projection.of(latent.child("mean"), joined, size);
    logvar = Projection.of(latent.child("logvar"), joined, size);
    int packed = stateParts.stream().mapToInt(StatePart::size).sum();
    state = Projection.of(latent.child("state"), size, packed);
  }

  /** Numbers in the vector. */
  public int size() {
    return size;
  }

  /**
   * Reads drawings.
   *
   * @param points of each drawing, without a start: {@code [T, B, pointColumns]}; T may be 0
   * @param lengths points of each drawing, {@code [B]}
   * @param training null for inference
   */
  public Code encode(
      Ops tf, Operand<TFloat32> points, Operand<TInt32> lengths, @Nullable TrainingStep training) {
    ScanOptions options =
        (training == null ? ScanOptions.inference() : ScanOptions.training().withNoDropout())
            .withLengths(lengths);
    Operand<TFloat32> joined =
        last(tf, forwards, backwards, withStep(tf, points), lengths, options);
    return new Code(mean.apply(tf, joined), logvar.apply(tf, joined));
  }

  /** At least one step, since there is an output to take also where no drawing has a point. */
  private static Operand<TFloat32> withStep(Ops tf, Operand<TFloat32> points) {
    Operand<TInt32> shape = tf.shape(points);
    Operand<TInt32> time = tf.slice(shape, tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> missing = tf.math.maximum(tf.math.sub(tf.constant(1), time), tf.constant(0));
    Operand<TInt32> rest = tf.slice(shape, tf.constant(new int[] {1}), tf.constant(new int[] {2}));
    Operand<TInt32> first = tf.constant(0);
    return tf.concat(
        List.of(points, tf.fill(tf.concat(List.of(missing, rest), first), tf.constant(0f))), first);
  }

  /** The last outputs of both directions. */
  private static <S, R> Operand<TFloat32> last(
      Ops tf,
      RnnCell<S> forwards,
      RnnCell<R> backwards,
      Operand<TFloat32> points,
      Operand<TInt32> lengths,
      ScanOptions options) {
    Operand<TInt32> batch =
        tf.slice(tf.shape(points), tf.constant(new int[] {1}), tf.constant(new int[] {1}));
    Bidirectional<S, R> both =
        Bidirectional.run(
            tf,
            forwards,
            forwards.zeroState(tf, batch),
            backwards,
            backwards.zeroState(tf, batch),
            points,
            options);
    Operand<TInt32> columns = tf.constant(2);
    Operand<TFloat32> outputs = both.outputs(); // [T, B, forwards + backwards]
    int split = forwards.outputSize();
    Operand<TFloat32> there = part(tf, outputs, 0, split);
    Operand<TFloat32> back = part(tf, outputs, split, backwards.outputSize());
    // forwards has read all after the last point of each drawing, backwards after the first
    Operand<TInt32> end = tf.math.maximum(tf.math.sub(lengths, tf.constant(1)), tf.constant(0));
    Operand<TFloat32> first =
        tf.squeeze(
            tf.slice(back, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {1, -1, -1})),
            Squeeze.axis(List.of(0L)));
    Operand<TFloat32> ended = atStep(tf, there, end);
    return tf.concat(List.of(ended, first), tf.math.sub(columns, tf.constant(1)));
  }

  private static Operand<TFloat32> part(Ops tf, Operand<TFloat32> series, int from, int size) {
    return tf.slice(
        series, tf.constant(new int[] {0, 0, from}), tf.constant(new int[] {-1, -1, size}));
  }

  /** The row of each drawing at a step of its own: {@code [B, size]}. */
  private static Operand<TFloat32> atStep(Ops tf, Operand<TFloat32> series, Operand<TInt32> step) {
    Operand<TInt32> batch =
        tf.range(tf.constant(0), tf.reduceSum(tf.onesLike(step), tf.constant(0)), tf.constant(1));
    return tf.gatherNd(series, tf.stack(List.of(step, batch), Stack.axis(1L)));
  }

  /** The state before the first point, for a decoder's cell. */
  List<Operand<TFloat32>> initialState(Ops tf, Operand<TFloat32> z, List<StatePart> stateParts) {
    Operand<TFloat32> packed = tf.math.tanh(state.apply(tf, z));
    List<Operand<TFloat32>> all = new ArrayList<>();
    int from = 0;
    for (StatePart part : stateParts) {
      all.add(
          tf.slice(
              packed, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, part.size()})));
      from += part.size();
    }
    return all;
  }
}
