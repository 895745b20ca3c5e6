// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat64;

/**
 * Principal component analysis in float64: of all linear codes of a size the one from which the
 * rows that it was fitted on are rebuilt with the least squared error. A yardstick for learned
 * codes.
 *
 * <p>The cost is that of the eigenvectors of a square matrix as wide as a row: a second or so for
 * the 784 pixels of an MNIST image, with the cube of the width.
 */
public final class PrincipalComponents {
  private static final int WIDEST = 10_000;
  private static final int CHUNK = 2000;

  private final double[] mean;
  private final double[][] components;
  private final double[] explained;

  private PrincipalComponents(double[] mean, double[][] components, double[] explained) {
    this.mean = mean;
    this.components = components;
    this.explained = explained;
  }

  /**
   * Fits components.
   *
   * @param rows {@code [rows][width]}, two or more
   * @param count numbers of a code, 1 to the width
   * @throws UserError if there are fewer than two rows, their widths differ or are above 10,000, a
   *     value is not finite, or {@code count} is out of range
   */
  public static PrincipalComponents fit(float[][] rows, int count) {
    int width = check(rows, count);
    double[] mean = new double[width];
    for (float[] row : rows) {
      for (int i = 0; i < width; i++) {
        mean[i] += row[i];
      }
    }
    for (int i = 0; i < width; i++) {
      mean[i] /= rows.length;
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      double[][] scatter = scatter(graph, session, rows, mean);
      return decompose(graph, session, scatter, mean, count);
    }
  }

  private static int check(float[][] rows, int count) {
    if (rows.length < 2) {
      throw error("too few rows", "two or more", rows.length, "fit more rows");
    }
    int width = rows[0].length;
    if (width < 1 || width > WIDEST) {
      throw error("rows of a width that cannot be fitted", "1 to " + WIDEST, width, "shrink them");
    }
    if (count < 1 || count > width) {
      throw error("number of components", "1 to " + width, count, "ask for fewer components");
    }
    for (int r = 0; r < rows.length; r++) {
      checkRow(rows[r], width, r);
    }
    return width;
  }

  private static void checkRow(float[] row, int width, int index) {
    if (row.length != width) {
      throw error("row " + index, width + " values", row.length, "pass rows of one width");
    }
    for (float value : row) {
      if (!Float.isFinite(value)) {
        throw error("row " + index, "finite values", value, "look for where it comes from");
      }
    }
  }

  private static UserError error(String what, String expected, Object received, String next) {
    return UserError.in("principal components")
        .what(what)
        .expected(expected)
        .received(received)
        .next(next)
        .build();
  }

  /** The sum of the products of all centred rows with themselves, chunk by chunk. */
  private static double[][] scatter(Graph graph, Session session, float[][] rows, double[] mean) {
    int width = mean.length;
    Ops tf = Ops.create(graph);
    Placeholder<TFloat64> chunk = tf.placeholder(TFloat64.class);
    Operand<TFloat64> product = tf.linalg.matMul(chunk, chunk, MatMul.transposeA(true));
    double[][] sum = new double[width][width];
    for (int from = 0; from < rows.length; from += CHUNK) {
      int to = Math.min(rows.length, from + CHUNK);
      double[] centred = new double[(to - from) * width];
      for (int r = from; r < to; r++) {
        for (int i = 0; i < width; i++) {
          centred[(r - from) * width + i] = rows[r][i] - mean[i];
        }
      }
      try (TFloat64 fed =
              TFloat64.tensorOf(Shape.of(to - from, width), DataBuffers.of(centred, true, false));
          Result result = session.runner().feed(chunk, fed).fetch(product).run()) {
        double[][] part = StdArrays.array2dCopyOf((TFloat64) result.get(0));
        for (int i = 0; i < width; i++) {
          for (int j = 0; j < width; j++) {
            sum[i][j] += part[i][j];
          }
        }
      }
    }
    return sum;
  }

  private static PrincipalComponents decompose(
      Graph graph, Session session, double[][] scatter, double[] mean, int count) {
    Ops tf = Ops.create(graph);
    int width = mean.length;
    Placeholder<TFloat64> matrix = tf.placeholder(TFloat64.class);
    SelfAdjointEig<TFloat64> eigen = tf.linalg.selfAdjointEig(matrix);
    try (Tensor fed = TFloat64.tensorOf(StdArrays.ndCopyOf(scatter));
        Result result =
            session.runner().feed(matrix, fed).fetch(eigen.e()).fetch(eigen.v()).run()) {
      TFloat64 values = (TFloat64) result.get(0); // upwards
      TFloat64 vectors = (TFloat64) result.get(1); // in columns
      double whole = 0;
      for (int i = 0; i < width; i++) {
        whole += Math.max(0, values.getDouble(i)); // below 0 by rounding
      }
      double[][] components = new double[count][width];
      double[] explained = new double[count];
      for (int c = 0; c < count; c++) {
        int column = width - 1 - c;
        explained[c] = whole == 0 ? 0 : Math.max(0, values.getDouble(column)) / whole;
        for (int i = 0; i < width; i++) {
          components[c][i] = vectors.getDouble(i, column);
        }
      }
      return new PrincipalComponents(mean, components, explained);
    }
  }

  /** Values of a row. */
  public int width() {
    return mean.length;
  }

  /** Numbers of a code. */
  public int count() {
    return components.length;
  }

  /** The share of the variance of the fitted rows that each component has, downwards. */
  public double[] explained() {
    return explained.clone();
  }

  /**
   * The code of a row: its coordinates along the components.
   *
   * @param row {@code [width]}
   * @return {@code [count]}
   * @throws UserError if the row has another width, or a value is not finite
   */
  public double[] encode(float[] row) {
    checkRow(row, width(), 0);
    double[] code = new double[count()];
    for (int c = 0; c < code.length; c++) {
      double[] component = components[c];
      double sum = 0;
      for (int i = 0; i < row.length; i++) {
        sum += (row[i] - mean[i]) * component[i];
      }
      code[c] = sum;
    }
    return code;
  }

  /**
   * The row of a code.
   *
   * @param code {@code [count]}
   * @return {@code [width]}
   * @throws UserError if the code has another length
   */
  public float[] decode(double[] code) {
    if (code.length != count()) {
      throw error("a code", count() + " numbers", code.length, "pass a code of this analysis");
    }
    double[] row = mean.clone();
    for (int c = 0; c < code.length; c++) {
      double[] component = components[c];
      for (int i = 0; i < row.length; i++) {
        row[i] += code[c] * component[i];
      }
    }
    float[] rounded = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      rounded[i] = (float) row[i];
    }
    return rounded;
  }

  /**
   * Rows as they are rebuilt from their codes.
   *
   * @param rows {@code [rows][width]}
   * @return {@code [rows][width]}
   * @throws UserError if a row has another width, or a value is not finite
   */
  public float[][] reconstruct(float[][] rows) {
    return Arrays.stream(rows).map(row -> decode(encode(row))).toArray(float[][]::new);
  }
}
