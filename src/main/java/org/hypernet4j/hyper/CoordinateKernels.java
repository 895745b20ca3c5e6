// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Every weight computed from its position: a small ReLU network maps four coordinates to one number
 * (HyperNEAT, Stanley et al. 2009; DPPN, Fernando et al. 2016; the paper's appendix A.1).
 *
 * <pre>
 * x   = (row, column, in, out), each axis evenly from -1 to 1;  then z of the kernel if N_z &gt; 0
 * h_1 = ReLU(x W_1 + b_1),   h_l = ReLU(h_(l-1) W_l + b_l)
 * K_j[row, column, in, out] = s_j (h_L w + b)
 * </pre>
 *
 * <p>The channels of a dense kernel (1 x 1) are treated as images where their number is a square,
 * as in the paper: a kernel [784, 256] has the coordinates (row, column) of the pixel among 28 x 28
 * and (row, column) of the hidden unit among 16 x 16. With two layers of 25 that is the paper's
 * network of 801 parameters.
 *
 * <p>Without an embedding two kernels of one shape would be equal, so several need N_z &gt; 0.
 * {@code s_j} is a constant that gives each kernel its variance, 1 for the first. The cost is that
 * of the small network on as many rows as there are weights.
 *
 * <p>Parameters: {@code generator/input/W [4 + N_z, n_1]}, {@code generator/input/b}, {@code
 * generator/hidden<l>/W}, {@code .../b}, {@code generator/output/W [n_L, 1]}, {@code
 * generator/output/b [1]}, {@code embeddings/<name>/z [1, N_z]}; {@code (5 + N_z) n_1 + sum of
 * (n_(l-1) + 1) n_l + n_L + 1 + N_z kernels} numbers.
 *
 * @param hiddenSizes n_1 .. n_L, at least one
 * @param embeddingSize N_z, 0 for none
 * @param target the variance that generated weights begin with, over positions and random initial
 *     values
 */
public record CoordinateKernels(List<Integer> hiddenSizes, int embeddingSize, TargetVariance target)
    implements KernelSource, ConditionalSource {
  private static final int COORDINATES = 4;

  /** Checks the sizes. */
  public CoordinateKernels {
    hiddenSizes = List.copyOf(hiddenSizes);
    ReluLayers.requirePositive("coordinate generator", hiddenSizes);
    if (hiddenSizes.isEmpty() || embeddingSize < 0) {
      throw UserError.in("coordinate generator")
          .what("sizes out of range")
          .expected("at least one hidden layer, an embedding of 0 or more numbers")
          .received("hiddenSizes " + hiddenSizes + ", embeddingSize " + embeddingSize)
          .build();
    }
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> shapes) {
    KernelTable table = new KernelTable(shapes);
    Map<KernelShape, List<String>> groups = table.byShape();
    groups.values().forEach(this::requireTold);
    long widest = hiddenSizes.stream().mapToLong(size -> size).max().orElse(1);
    groups.forEach(
        (shape, names) ->
            Shapes.requireBelowLimit(
                "generated kernel '" + names.get(0) + "'",
                "the largest layer for all weights of " + shape,
                names.size(),
                shape.size(),
                widest));
    ParameterScope generator = scope.child("generator");
    Network network = new Network(generator, table.first());
    ParameterScope embeddings = scope.child("embeddings");
    Map<String, Operand<TFloat32>> z = new LinkedHashMap<>();
    if (embeddingSize > 0) {
      for (String name : shapes.keySet()) {
        z.put(
            name,
            embeddings
                .child(name)
                .value(
                    "z", Shape.of(1, embeddingSize), Initializers.normal(0f, 1f), Role.EMBEDDING));
      }
    }
    Ops tf = generator.tf().withSubScope("generate");
    double first = ratio(table.first());
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    groups.forEach(
        (shape, names) -> {
          Operand<TFloat32> weights = network.weights(tf, shape, select(tf, z, names));
          double ratio = ratio(shape) / first;
          if (ratio != 1) {
            weights = tf.math.mul(weights, tf.constant((float) Math.sqrt(ratio)));
          }
          for (int i = 0; i < names.size(); i++) {
            Operand<TFloat32> one =
                tf.slice(weights, tf.constant(new int[] {i, 0}), tf.constant(new int[] {1, -1}));
            kernels.put(names.get(i), tf.reshape(one, tf.constant(shape.toShape().asArray())));
          }
        });
    return table.inOrder(kernels);
  }

  void requireTold(List<String> names) {
    if (embeddingSize == 0 && names.size() > 1) {
      throw UserError.in("coordinate generator")
          .what("kernels " + names.get(0) + " and " + names.get(1) + " would be equal")
          .expected("different shapes, or an embedding for each kernel")
          .received("one shape and embeddingSize 0")
          .next("set embeddingSize to 1 or more")
          .build();
    }
  }

  /** The embeddings of these kernels as rows of one tensor; an empty list without embeddings. */
  private List<Operand<TFloat32>> select(
      Ops tf, Map<String, Operand<TFloat32>> z, List<String> names) {
    if (embeddingSize == 0) {
      return List.of();
    }
    List<Operand<TFloat32>> rows = names.stream().<Operand<TFloat32>>map(z::get).toList();
    return List.of(rows.size() == 1 ? rows.get(0) : tf.concat(rows, tf.constant(0)));
  }

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    int inputs = COORDINATES + embeddingSize;
    return ReluLayers.parameterCount(inputs, hiddenSizes)
        + ReluLayers.outputs(inputs, hiddenSizes)
        + 1
        + (long) embeddingSize * table.size();
  }

  /** The lengths of the four coordinate axes. */
  private static int[] axes(KernelShape shape) {
    if (shape.height() > 1 || shape.width() > 1) {
      return new int[] {shape.height(), shape.width(), shape.in(), shape.out()};
    }
    int inRows = squareRoot(shape.in());
    int outRows = squareRoot(shape.out());
    return new int[] {inRows, shape.in() / inRows, outRows, shape.out() / outRows};
  }

  /** The root of a square number; 1 for any other number. */
  private static int squareRoot(int n) {
    int root = (int) Math.round(Math.sqrt(n));
    return root * root == n ? root : 1;
  }

  double ratio(KernelShape shape) {
    return target.of(shape) / moment(shape);
  }

  /** The mean of an input of the network squared, over the positions of a kernel. */
  private double moment(KernelShape shape) {
    double sum = embeddingSize + Arrays.stream(axes(shape)).mapToDouble(n -> meanSquare(n)).sum();
    return sum == 0 ? 1 : sum / (COORDINATES + embeddingSize);
  }

  /** The mean square of n points spaced evenly from -1 to 1; a single point lies at 0. */
  private static double meanSquare(int n) {
    return n == 1 ? 0 : (n + 1) / (3.0 * (n - 1));
  }

  /** Creates the network. */
  Network network(ParameterScope scope, KernelShape first) {
    return new Network(scope, first);
  }

  /** The network and its parameters. */
  final class Network {
    private final Parameter inputW;
    private final Parameter inputB;
    private final ReluLayers hidden;
    private final Parameter outputW;
    private final Parameter outputB;

    Network(ParameterScope scope, KernelShape first) {
      int n1 = hiddenSizes.get(0);
      int last = ReluLayers.outputs(n1, hiddenSizes);
      ParameterScope input = scope.child("input");
      inputW =
          input.parameter(
              "W",
              Shape.of(COORDINATES + embeddingSize, n1),
              Initializers.heNormal(),
              Role.GENERATOR);
      inputB = input.parameter("b", Shape.of(n1), Initializers.zeros(), Role.GENERATOR);
      hidden = new ReluLayers(scope, n1, hiddenSizes.subList(1, hiddenSizes.size()));
      ParameterScope output = scope.child("output");
      outputW =
          output.parameter(
              "W",
              Shape.of(last, 1),
              TargetVariance.lastLayer(target.of(first), last, moment(first)),
              Role.GENERATOR);
      outputB = output.parameter("b", Shape.of(1), Initializers.zeros(), Role.GENERATOR);
    }

    /**
     * All kernels of one shape, {@code [count, height width in out]}.
     *
     * @param z an empty list, or {@code [count, N_z]}
     */
    Operand<TFloat32> weights(Ops tf, KernelShape shape, List<Operand<TFloat32>> z) {
      long n1 = hiddenSizes.get(0);
      int[] axes = axes(shape);
      // The first layer is a sum over the inputs, and a pixel adds the same for all pairs of
      // channels: the coordinates of all weights are never laid out.
      Operand<TFloat32> byPixel =
          tf.reshape(
              product(tf, grid(axes[0], axes[1]), 0, 2), tf.constant(new long[] {1, -1, 1, n1}));
      Operand<TFloat32> byChannels =
          tf.reshape(
              tf.nn.biasAdd(product(tf, grid(axes[2], axes[3]), 2, 2), inputB.value()),
              tf.constant(new long[] {1, 1, -1, n1}));
      Operand<TFloat32> sum = tf.math.add(byPixel, byChannels);
      if (!z.isEmpty()) {
        Operand<TFloat32> rows = tf.linalg.matMul(z.get(0), inputRows(tf, 4, embeddingSize));
        sum = tf.math.add(sum, tf.reshape(rows, tf.constant(new long[] {-1, 1, 1, n1})));
      }
      Operand<TFloat32> h =
          hidden.apply(tf, tf.reshape(tf.nn.relu(sum), tf.constant(new long[] {-1, n1})));
      Operand<TFloat32> weights =
          tf.nn.biasAdd(tf.linalg.matMul(h, outputW.value()), outputB.value());
      return tf.reshape(weights, tf.constant(new long[] {-1, shape.size()}));
    }

    private Operand<TFloat32> product(Ops tf, float[][] points, int firstRow, int rows) {
      return tf.linalg.matMul(tf.constant(points), inputRows(tf, firstRow, rows));
    }

    private Operand<TFloat32> inputRows(Ops tf, int first, int rows) {
      return tf.slice(
          inputW.value(), tf.constant(new int[] {first, 0}), tf.constant(new int[] {rows, -1}));
    }
  }

  /** The points of a grid, {@code [rows columns, 2]}, row by row. */
  private static float[][] grid(int rows, int columns) {
    float[][] points = new float[rows * columns][];
    for (int i = 0; i < points.length; i++) {
      points[i] = new float[] {place(i / columns, rows), place(i % columns, columns)};
    }
    return points;
  }

  private static float place(int index, int count) {
    return count == 1 ? 0f : (float) (2.0 * index / (count - 1) - 1);
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable weights, int conditionSize) {
    return new ConditionedCoordinates(
        scope, this, weights.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable weights, int conditionSize) {
    weights.requireSome(conditionSize);
    return parameterCount(weights.kernels())
        + (long) conditionSize * hiddenSizes.get(0)
        + ConditionalBiases.parameterCount(weights, conditionSize);
  }
}
