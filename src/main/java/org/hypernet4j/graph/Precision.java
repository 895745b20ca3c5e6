package org.hypernet4j.graph;

import java.util.List;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * In which numbers matrix products and convolutions are computed. Everything else is float32
 * always: parameters, states, sums, normalisation, softmax, loss and optimizer.
 *
 * <p>bfloat16 has the range of float32 and 8 bits of its mantissa. Gradients do not underflow, so
 * that no loss scaling is needed.
 *
 * <p>What is built inside {@link #during} uses the precision; whoever builds a derivative later
 * remembers {@link #current} of the time when the product was built.
 */
public enum Precision {
  /** 24 bits of mantissa. */
  FLOAT32,
  /** 8 bits of mantissa, for both sides of a product and for its result. */
  BFLOAT16;

  private static final ThreadLocal<Precision> CURRENT = ThreadLocal.withInitial(() -> FLOAT32);

  /** The precision of products that are built on this thread now. */
  public static Precision current() {
    return CURRENT.get();
  }

  /** Builds a part of a graph with this precision. */
  public <T> T during(Supplier<T> build) {
    Precision before = CURRENT.get();
    CURRENT.set(this);
    try {
      return build.get();
    } finally {
      CURRENT.set(before);
    }
  }

  /**
   * {@code a b}.
   *
   * @param options transpositions
   */
  public Operand<TFloat32> matMul(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, MatMul.Options... options) {
    return this == FLOAT32
        ? tf.linalg.matMul(a, b, options)
        : widened(tf, tf.linalg.matMul(narrowed(tf, a), narrowed(tf, b), options));
  }

  /**
   * A convolution, NHWC, with zero padding to equal size.
   *
   * @param strides of the four axes
   */
  public Operand<TFloat32> conv2d(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, List<Long> strides) {
    if (this == FLOAT32) {
      return tf.nn.conv2d(x, kernel, strides, "SAME");
    }
    Conv2d<TBfloat16> narrow = tf.nn.conv2d(narrowed(tf, x), narrowed(tf, kernel), strides, "SAME");
    return widened(tf, narrow);
  }

  private static Operand<TBfloat16> narrowed(Ops tf, Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  private static Operand<TFloat32> widened(Ops tf, Operand<TBfloat16> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }
}
