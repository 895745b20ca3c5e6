package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * From the small cell's output to scaling vectors and dynamic bias (paper, equations 11 and 12),
 * for one or several gates y, each with three embeddings of its own:
 *
 * <pre>
 * z_h^y = hhat A_h^y + a_h^y     z_x^y = hhat A_x^y + a_x^y     z_b^y = hhat A_b^y
 * d_h^y = z_h^y D_h^y            d_x^y = z_x^y D_x^y            beta^y = z_b^y D_b^y
 * </pre>
 *
 * <p>Parameters: {@code A_h, A_x, A_b [M, G E]} (columns: blocks of gates), {@code a_h, a_x [G E]},
 * {@code D_h, D_x, D_b [G E, N]} (rows: blocks of gates). At first A_h and A_x are 0, a_h and a_x
 * 1, D_h and D_x 0.1 / E, so that every scaling is 0.1 whatever the input; A_b is normal with 0.01
 * and D_b is 0, so that the dynamic bias is 0.
 */
final class HyperEmbeddings {
  private final String scope;
  private final int gates;
  private final int embedding;
  private final List<Parameter> projections = new ArrayList<>();
  private final List<Parameter> offsets = new ArrayList<>();
  private final List<Parameter> scalings = new ArrayList<>();

  /**
   * What the main cell does with its products.
   *
   * @param h scaling of the recurrent product, {@code [batch, gates * units]}
   * @param x scaling of the input product
   * @param bias the dynamic bias
   */
  record Scaling(Operand<TFloat32> h, Operand<TFloat32> x, Operand<TFloat32> bias) {
    /** What becomes of the main cell's matrices. */
    List<DynamicWeight> weights(
        List<String> gates, Operand<TFloat32> recurrent, Operand<TFloat32> input) {
      return List.of(
          new DynamicWeight("W_h", gates, recurrent, h),
          new DynamicWeight("W_x", gates, input, x),
          new DynamicWeight("beta", gates, null, bias));
    }
  }

  HyperEmbeddings(ParameterScope scope, int gates, int hyperUnits, int embedding, int units) {
    this.scope = scope.path();
    this.gates = gates;
    this.embedding = embedding;
    long columns = (long) gates * embedding;
    for (String kind : List.of("h", "x", "b")) {
      boolean bias = kind.equals("b");
      projections.add(
          scope.parameter(
              "A_" + kind,
              Shape.of(hyperUnits, columns),
              bias ? Initializers.normal(0f, 0.01f) : Initializers.zeros(),
              Role.GENERATOR));
      if (!bias) {
        offsets.add(
            scope.parameter("a_" + kind, Shape.of(columns), Initializers.ones(), Role.GENERATOR));
      }
      scalings.add(
          scope.parameter(
              "D_" + kind,
              Shape.of(columns, units),
              bias ? Initializers.zeros() : Initializers.constant(0.1f / embedding),
              Role.GENERATOR));
    }
  }

  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(projections);
    all.addAll(offsets);
    all.addAll(scalings);
    return all;
  }

  /** The three projections side by side, the offsets likewise, and the three scalings. */
  List<Weight> weights() {
    return List.of(projection(), offset(), scaling(0), scaling(1), scaling(2));
  }

  /**
   * Computes all three.
   *
   * @param hhat output of the small cell at this very step, {@code [batch, M]}
   */
  Scaling apply(Ops tf, CellValues values, Operand<TFloat32> hhat) {
    Operand<TFloat32> z = tf.math.add(values.product(tf, hhat, projection()), values.of(offset()));
    if (values.oneStep()) {
      return batched(tf, z);
    }
    List<Output<TFloat32>> byKind = tf.split(tf.constant(1), z, 3L).output();
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      Operand<TFloat32> d = values.of(scaling(kind));
      results.add(
          blockDiagonal()
              ? tf.linalg.matMul(byKind.get(kind), d)
              : gateByGate(tf, byKind.get(kind), d));
    }
    return new Scaling(results.get(0), results.get(1), results.get(2));
  }

  /** One product of all kinds and gates, from the parameters as they are. */
  private Scaling batched(Ops tf, Operand<TFloat32> z) {
    int products = 3 * gates;
    int units = (int) scalings.get(0).shape().get(1);
    Operand<TFloat32> d =
        tf.reshape(
            tf.concat(scalings.stream().map(Parameter::value).toList(), tf.constant(0)),
            tf.constant(new int[] {products, embedding, units}));
    Operand<TInt32> swapped = tf.constant(new int[] {1, 0, 2});
    Operand<TFloat32> rows =
        tf.linalg.transpose(
            tf.reshape(z, tf.constant(new int[] {-1, products, embedding})), swapped);
    Operand<TFloat32> scaled =
        tf.reshape(
            tf.linalg.transpose(tf.train.batchMatMul(rows, d, TFloat32.class), swapped),
            tf.constant(new int[] {-1, products * units}));
    List<Output<TFloat32>> byKind = tf.split(tf.constant(1), scaled, 3L).output();
    return new Scaling(byKind.get(0), byKind.get(1), byKind.get(2));
  }

  private Operand<TFloat32> gateByGate(Ops tf, Operand<TFloat32> z, Operand<TFloat32> d) {
    List<Output<TFloat32>> zs = tf.split(tf.constant(1), z, (long) gates).output();
    List<Output<TFloat32>> ds = tf.split(tf.constant(0), d, (long) gates).output();
    List<Operand<TFloat32>> products = new ArrayList<>();
    for (int gate = 0; gate < gates; gate++) {
      products.add(tf.linalg.matMul(zs.get(gate), ds.get(gate)));
    }
    return tf.concat(products, tf.constant(1));
  }

  /**
   * One product with a matrix that is mostly zeros is faster than a product for each gate as long
   * as embeddings are small: both then only write their result.
   */
  private boolean blockDiagonal() {
    return gates == 1 || embedding <= 16;
  }

  private Weight projection() {
    return Weight.made(
        scope + "/A",
        tf -> tf.concat(projections.stream().map(Parameter::value).toList(), tf.constant(1)));
  }

  private Weight offset() {
    return Weight.made(
        scope + "/a",
        tf -> {
          List<Operand<TFloat32>> parts = new ArrayList<>();
          offsets.forEach(parameter -> parts.add(parameter.value()));
          parts.add(tf.fill(tf.constant(new int[] {gates * embedding}), tf.constant(0f)));
          return tf.concat(parts, tf.constant(0));
        });
  }

  private Weight scaling(int kind) {
    Parameter d = scalings.get(kind);
    if (gates == 1 || !blockDiagonal()) {
      return Weight.of(d);
    }
    return Weight.made(
        d.name() + " block diagonal",
        tf -> {
          float[] eye = new float[gates * gates];
          for (int gate = 0; gate < gates; gate++) {
            eye[gate * gates + gate] = 1f;
          }
          int units = (int) d.shape().get(1);
          Operand<TFloat32> blocks =
              tf.math.mul(
                  tf.reshape(d.value(), tf.constant(new int[] {gates, embedding, 1, units})),
                  tf.reshape(tf.constant(eye), tf.constant(new int[] {gates, 1, gates, 1})));
          return tf.reshape(blocks, tf.constant(new int[] {gates * embedding, gates * units}));
        });
  }
}
