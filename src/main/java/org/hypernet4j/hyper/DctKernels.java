// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Kernels whose low frequencies are learned: the coefficients of a two-dimensional discrete cosine
 * transform, all others being zero (Koutnik, Gomez and Schmidhuber, "Evolving neural networks in
 * compressed weight space", GECCO 2010; the paper's section 2 discusses it).
 *
 * <p>A kernel is the matrix of M = height width in rows and N = out columns, in TensorFlow's order.
 *
 * <pre>
 * K = D_M C D_N^T           C [r, c] learned, r = ceil(keep M), c = ceil(keep N)
 * D_M[i, k] = sqrt(2 / M) cos(pi (2 i + 1) k / (2 M)),   D_M[i, 0] = sqrt(1 / M)
 * </pre>
 *
 * <p>The columns of D_M are the first r of the orthonormal DCT-II: nothing but C is learned. A
 * dense kernel whose rows are pixels becomes smooth over the picture's rows; whether neighbouring
 * channels should resemble each other is a separate question.
 *
 * <p>Parameters: {@code embeddings/<name>/coefficients [r, c]}; {@code r c} numbers per kernel.
 * They start normal, with a variance that gives the kernel's weights the required variance,
 * averaged over its positions.
 *
 * @param keep the share of frequencies kept on each axis, in (0, 1]
 * @param target the variance that generated weights begin with
 */
public record DctKernels(double keep, TargetVariance target)
    implements KernelSource, ConditionalSource {
  /** Checks the share. */
  public DctKernels {
    if (!(keep > 0 && keep <= 1)) {
      throw UserError.in("DCT kernels")
          .what("the share of frequencies to keep is out of range")
          .expected("more than 0, at most 1")
          .received(keep)
          .build();
    }
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> shapes) {
    KernelTable table = new KernelTable(shapes);
    table.byShape().forEach(this::requireBelowLimit);
    ParameterScope embeddings = scope.child("embeddings");
    Map<String, Operand<TFloat32>> coefficients = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) ->
            coefficients.put(
                name,
                embeddings
                    .child(name)
                    .value(
                        "coefficients",
                        Shape.of(kept(rows(shape)), kept(shape.out())),
                        Initializers.normal(0f, (float) Math.sqrt(variance(shape))),
                        Role.EMBEDDING)));
    Ops tf = embeddings.tf().withSubScope("generate");
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    table
        .byShape()
        .forEach(
            (shape, names) -> {
              List<Operand<TFloat32>> c = new ArrayList<>();
              names.forEach(name -> c.add(coefficients.get(name)));
              List<Operand<TFloat32>> made = transform(tf, c, shape);
              for (int i = 0; i < names.size(); i++) {
                kernels.put(names.get(i), made.get(i));
              }
            });
    return table.inOrder(kernels);
  }

  private void requireBelowLimit(KernelShape shape, List<String> names) {
    requireBelowLimit(shape, names.get(0));
  }

  void requireBelowLimit(KernelShape shape, String name) {
    String where = "generated kernel '" + name + "'";
    String basis = "the basis of its frequencies";
    Shapes.requireBelowLimit(where, basis, rows(shape), kept(rows(shape)));
    Shapes.requireBelowLimit(where, basis, shape.out(), kept(shape.out()));
  }

  /** All kernels of one shape in two products: their coefficients stand side by side. */
  private List<Operand<TFloat32>> transform(
      Ops tf, List<Operand<TFloat32>> coefficients, KernelShape shape) {
    int count = coefficients.size();
    long m = rows(shape);
    long n = shape.out();
    Operand<TFloat32> sideBySide =
        count == 1 ? coefficients.get(0) : tf.concat(coefficients, tf.constant(1));
    Operand<TFloat32> rows = tf.linalg.matMul(basis(tf, m), sideBySide);
    Operand<TFloat32> flat = tf.reshape(rows, tf.constant(new long[] {m * count, kept(n)}));
    Operand<TFloat32> all = tf.linalg.matMul(flat, basis(tf, n), MatMul.transposeB(true));
    Operand<TFloat32> grid = tf.reshape(all, tf.constant(new long[] {m, count, n}));
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Operand<TFloat32> one =
          tf.slice(grid, tf.constant(new int[] {0, i, 0}), tf.constant(new int[] {-1, 1, -1}));
      kernels.add(tf.reshape(one, tf.constant(shape.toShape().asArray())));
    }
    return kernels;
  }

  /**
   * Kernels of one shape from the coefficients of each.
   *
   * @param coefficients {@code [count, r c]}
   * @return {@code [count, M N]}
   */
  Operand<TFloat32> transform(Ops tf, Operand<TFloat32> coefficients, KernelShape shape) {
    long m = rows(shape);
    long n = shape.out();
    Operand<TFloat32> byRows =
        tf.linalg.matMul(
            tf.reshape(coefficients, tf.constant(new long[] {-1, kept(n)})),
            basis(tf, n),
            MatMul.transposeB(true)); // [count r, N]
    Operand<TFloat32> byColumns =
        tf.linalg.transpose(
            tf.reshape(byRows, tf.constant(new long[] {-1, kept(m), n})),
            tf.constant(new int[] {0, 2, 1})); // [count, N, r]
    Operand<TFloat32> transposed =
        tf.linalg.matMul(
            tf.reshape(byColumns, tf.constant(new long[] {-1, kept(m)})),
            basis(tf, m),
            MatMul.transposeB(true)); // [count N, M]
    Operand<TFloat32> kernels =
        tf.linalg.transpose(
            tf.reshape(transposed, tf.constant(new long[] {-1, n, m})),
            tf.constant(new int[] {0, 2, 1}));
    return tf.reshape(kernels, tf.constant(new long[] {-1, m * n}));
  }

  /** The number of coefficients of a kernel, r c. */
  long coefficients(KernelShape shape) {
    return kept(rows(shape)) * kept(shape.out());
  }

  /** D, {@code [size, kept(size)]}, computed in the graph: a constant would make its file large. */
  private Operand<TFloat32> basis(Ops tf, long size) {
    long kept = kept(size);
    Operand<TInt64> odd =
        tf.reshape(
            tf.range(tf.constant(1L), tf.constant(2 * size), tf.constant(2L)),
            tf.constant(new long[] {size, 1}));
    Operand<TInt64> k = tf.range(tf.constant(0L), tf.constant(kept), tf.constant(1L));
    // whole periods are removed while the numbers are integers, where nothing is rounded
    Operand<TInt64> turn = tf.math.floorMod(tf.math.mul(odd, k), tf.constant(4 * size));
    Operand<TFloat32> angle =
        tf.math.mul(
            tf.dtypes.cast(turn, TFloat32.class), tf.constant((float) (Math.PI / (2.0 * size))));
    float[] scale = new float[Math.toIntExact(kept)];
    Arrays.fill(scale, (float) Math.sqrt(2.0 / size));
    scale[0] = (float) Math.sqrt(1.0 / size);
    return tf.math.mul(tf.math.cos(angle), tf.constant(scale));
  }

  /** Variance of C's entries: D has orthonormal columns, so K has the sum of squares of C. */
  double variance(KernelShape shape) {
    double places = (double) rows(shape) * shape.out();
    return target.of(shape) * places / ((double) kept(rows(shape)) * kept(shape.out()));
  }

  private long kept(long size) {
    return (long) Math.ceil(keep * size);
  }

  private static long rows(KernelShape shape) {
    return (long) shape.height() * shape.width() * shape.in();
  }

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    return table.values().stream().mapToLong(shape -> kept(rows(shape)) * kept(shape.out())).sum();
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable weights, int conditionSize) {
    return new ConditionedFrequencies(
        scope, this, weights.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable weights, int conditionSize) {
    weights.requireSome(conditionSize);
    return parameterCount(weights.kernels()) * (conditionSize + 1L)
        + ConditionalBiases.parameterCount(weights, conditionSize);
  }
}
