// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The mapping from the outputs of a {@link TwoLayerLinearGenerator} to positions in a kernel. The
 * generator computes a matrix of slices, {@code a W_out + B_out}, one row for each a. The paper has
 * a slice for each input channel; public implementations have one for each output channel.
 *
 * @param rows the meaning of one slice, a row of the matrix
 * @param columns the order of the numbers in a slice
 */
public record SliceLayout(Rows rows, Columns columns) {
  /** The paper's equation 2, with the columns of this library. */
  public static final SliceLayout PAPER = new SliceLayout(Rows.INPUT, Columns.HEIGHT_WIDTH_CHANNEL);

  /** Code for PyTorch, whose kernels are {@code [out, in, height, width]}: g1910/HyperNetworks. */
  public static final SliceLayout PYTORCH =
      new SliceLayout(Rows.OUTPUT_VIEW, Columns.CHANNEL_HEIGHT_WIDTH);

  /** The authors' MNIST notebook, which reverses all axes of such a kernel for TensorFlow. */
  public static final SliceLayout NOTEBOOK =
      new SliceLayout(Rows.OUTPUT_VIEW, Columns.CHANNEL_WIDTH_HEIGHT);

  /** The meaning of a slice. Embeddings of tiled kernels are numbered in the same way. */
  public enum Rows {
    /** One input channel with all output channels. Blocks of input channels count first. */
    INPUT,
    /** One output channel with all input channels. Blocks of output channels count first. */
    OUTPUT,
    /**
     * The layout of public implementations: as many slices as input channels, whose numbers, one
     * after another, are read as {@code [out, in, ...]}. Equal to OUTPUT where in = out; otherwise
     * a slice is a part of an output channel, or several. Blocks of output channels count first.
     */
    OUTPUT_VIEW
  }

  /** The order of the numbers in a slice; the last named changes fastest. */
  public enum Columns {
    /** Row, column, then channel. */
    HEIGHT_WIDTH_CHANNEL,
    /** Channel, row, then column. */
    CHANNEL_HEIGHT_WIDTH,
    /** Channel, column, then row. */
    CHANNEL_WIDTH_HEIGHT
  }

  /** The number of slices, and so of vectors a. */
  int slices(KernelShape kernel) {
    return rows == Rows.OUTPUT ? kernel.out() : kernel.in();
  }

  /** The length of a slice: the number of columns of W_out. */
  long length(KernelShape kernel) {
    return kernel.size() / slices(kernel);
  }

  /** Whether tiled kernels are numbered by blocks of output channels first. */
  boolean outputFirst() {
    return rows != Rows.INPUT;
  }

  /**
   * Moves every number to its position.
   *
   * @param slices of several kernels, {@code [count slices, length]}
   * @return kernel after kernel, each in the order of {@code [height, width, in, out]}
   */
  Operand<TFloat32> toKernels(Ops tf, Operand<TFloat32> slices, KernelShape kernel) {
    // Rows of a slice stay together, so one axis stands for both of them. With five axes TFLite's
    // converter takes this and its own transpose for a no-op where in = out, and swaps the two.
    long pixels = (long) kernel.height() * kernel.width();
    int outer = outputFirst() ? kernel.out() : kernel.in();
    int inner = outputFirst() ? kernel.in() : kernel.out();
    if (columns == Columns.HEIGHT_WIDTH_CHANNEL) {
      return outputFirst()
          ? transpose(tf, slices, new long[] {-1, outer, pixels * inner}, 0, 2, 1)
          : transpose(tf, slices, new long[] {-1, outer, pixels, inner}, 0, 2, 1, 3);
    }
    Operand<TFloat32> upright =
        columns == Columns.CHANNEL_WIDTH_HEIGHT
            ? transpose(tf, slices, new long[] {-1, kernel.width(), kernel.height()}, 0, 2, 1)
            : slices;
    long[] sizes = {-1, outer, inner, pixels};
    return outputFirst()
        ? transpose(tf, upright, sizes, 0, 3, 2, 1)
        : transpose(tf, upright, sizes, 0, 3, 1, 2);
  }

  private static Operand<TFloat32> transpose(
      Ops tf, Operand<TFloat32> x, long[] sizes, int... axes) {
    return tf.linalg.transpose(tf.reshape(x, tf.constant(sizes)), tf.constant(axes));
  }
}
