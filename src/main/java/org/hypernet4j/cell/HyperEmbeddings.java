package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

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
  record Scaling(Operand<TFloat32> h, Operand<TFloat32> x, Operand<TFloat32> bias) {}

  HyperEmbeddings(ParameterScope scope, int gates, int hyperUnits, int embedding, int units) {
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

  /**
   * Computes all three.
   *
   * @param hhat output of the small cell at this very step, {@code [batch, M]}
   */
  Scaling apply(Ops tf, CellValues values, Operand<TFloat32> hhat) {
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      Operand<TFloat32> z = tf.linalg.matMul(hhat, values.of(projections.get(kind)));
      if (kind < 2) {
        z = tf.math.add(z, values.of(offsets.get(kind)));
      }
      Operand<TFloat32> d = values.of(scalings.get(kind));
      List<Operand<TFloat32>> byGate = new ArrayList<>();
      for (int gate = 0; gate < gates; gate++) {
        Operand<TFloat32> zGate = gates == 1 ? z : columns(tf, z, gate * embedding);
        Operand<TFloat32> dGate = gates == 1 ? d : rows(tf, d, gate * embedding);
        byGate.add(tf.linalg.matMul(zGate, dGate));
      }
      results.add(gates == 1 ? byGate.get(0) : tf.concat(byGate, tf.constant(1)));
    }
    return new Scaling(results.get(0), results.get(1), results.get(2));
  }

  private Operand<TFloat32> columns(Ops tf, Operand<TFloat32> z, int from) {
    return tf.slice(z, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, embedding}));
  }

  private Operand<TFloat32> rows(Ops tf, Operand<TFloat32> d, int from) {
    return tf.slice(d, tf.constant(new int[] {from, 0}), tf.constant(new int[] {embedding, -1}));
  }
}
