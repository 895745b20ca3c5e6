// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

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
 * A hypernetwork of adapters: it makes a {@link LowRankChange} to each of some kernels from a
 * condition (Charakorn et al., "Text-to-LoRA", ICML 2025, in its plainest form).
 *
 * <pre>
 * h = ReLU layers of [c ; e_j]                  e_j tells kernel j from the others
 * A_j = h H_A + A_0,   B_j = h H_B              H_B zero at first: W' = W to the last bit
 * </pre>
 *
 * <p>Parameters: {@code generator/hidden<l>/...}; {@code embeddings/<layer>/z [1, N_z]}; for each
 * kernel {@code generator/<layer>/a/H [n_L, m r]}, {@code .../a/B [m r]}, {@code .../b/H [n_L, r
 * n]}. A_0 begins with the variance 1 / m, and H_A with that over n_L.
 */
public final class LowRankHeads {
  private static final String WHERE = "hypernetwork of low-rank changes";

  private final Settings settings;
  private final int conditionSize;
  private final Map<String, Adapter> adapters = new LinkedHashMap<>();
  private final ReluLayers trunk;

  private record Adapter(
      KernelShape kernel, Parameter z, Parameter slopeA, Parameter startA, Parameter slopeB) {}

  /**
   * Sizes.
   *
   * @param rank r
   * @param scale s
   * @param embeddingSize N_z of the embedding of a kernel
   * @param hiddenSizes n_1 .. n_L
   */
  public record Settings(int rank, float scale, int embeddingSize, List<Integer> hiddenSizes) {
    /** Checks the sizes. */
    public Settings {
      hiddenSizes = List.copyOf(hiddenSizes);
      ReluLayers.requirePositive(WHERE, hiddenSizes);
      if (rank < 1 || embeddingSize < 1 || !(Math.abs(scale) < Float.POSITIVE_INFINITY)) {
        throw UserError.in(WHERE)
            .what("settings out of range")
            .expected("rank and embeddingSize of at least 1, a finite scale")
            .received("rank " + rank + ", embeddingSize " + embeddingSize + ", scale " + scale)
            .build();
      }
    }
  }

  /**
   * Creates the parameters.
   *
   * @param table the network; the changes are to its kernels
   * @param kernels the names of those that change
   * @param conditionSize N_c
   * @throws UserError if there is no kernel of such a name, or the rank is above what a kernel can
   *     have
   */
  public LowRankHeads(
      ParameterScope scope,
      Settings settings,
      WeightTable table,
      List<String> kernels,
      int conditionSize) {
    this.settings = settings;
    this.conditionSize = conditionSize;
    Map<String, KernelShape> changing = changing(settings, table, kernels, conditionSize);
    ParameterScope generator = scope.child("generator");
    int inputs = ConditionRows.sizeBeside(WHERE, conditionSize, settings.embeddingSize());
    trunk = new ReluLayers(generator, inputs, settings.hiddenSizes());
    int last = ReluLayers.outputs(inputs, settings.hiddenSizes());
    changing.forEach(
        (name, kernel) ->
            adapters.put(name, adapter(scope, WeightTable.scope(name), kernel, last)));
  }

  /** The kernels that change, checked before anything is created. */
  private static Map<String, KernelShape> changing(
      Settings settings, WeightTable table, List<String> kernels, int conditionSize) {
    Map<String, KernelShape> known = table.requireSome(conditionSize).kernels();
    Map<String, KernelShape> changing = new LinkedHashMap<>();
    for (String name : kernels) {
      KernelShape kernel = known.get(name);
      if (kernel == null) {
        throw UserError.in(WHERE)
            .what("the network has no such kernel")
            .expected("some of " + known.keySet())
            .received(name)
            .build();
      }
      requireRank(settings.rank(), name, kernel);
      if (changing.put(name, kernel) != null) {
        throw UserError.in(WHERE).what("a kernel is named twice").received(name).build();
      }
    }
    if (changing.isEmpty()) {
      throw UserError.in(WHERE)
          .what("there is no kernel to change")
          .expected("some of " + known.keySet())
          .build();
    }
    return changing;
  }

  private static void requireRank(int rank, String name, KernelShape kernel) {
    long most = Math.min(rows(kernel), kernel.out());
    if (rank > most) {
      throw UserError.in(WHERE)
          .what("the rank does not fit '" + name + "'")
          .expected("1 to " + most + " for " + kernel)
          .received(rank)
          .build();
    }
  }

  /** m, the rows of a kernel seen as a matrix. */
  private static long rows(KernelShape kernel) {
    return kernel.size() / kernel.out();
  }

  private Adapter adapter(ParameterScope scope, String layer, KernelShape kernel, int last) {
    long m = rows(kernel);
    int r = settings.rank();
    ParameterScope heads = scope.child("generator").child(layer);
    float sd = (float) Math.sqrt(1.0 / m);
    return new Adapter(
        kernel,
        scope
            .child("embeddings")
            .child(layer)
            .parameter(
                "z",
                Shape.of(1, settings.embeddingSize()),
                Initializers.normal(0f, 1f),
                Role.EMBEDDING),
        heads
            .child("a")
            .parameter(
                "H",
                Shape.of(last, m * r),
                Initializers.normal(0f, (float) (sd / Math.sqrt(last))),
                Role.GENERATOR),
        heads
            .child("a")
            .parameter("B", Shape.of(m * r), Initializers.normal(0f, sd), Role.GENERATOR),
        heads
            .child("b")
            .parameter(
                "H",
                Shape.of(last, (long) r * kernel.out()),
                Initializers.zeros(),
                Role.GENERATOR));
  }

  /** N_c, the length of a condition. */
  public int conditionSize() {
    return conditionSize;
  }

  /** The kernels that change, in their order. */
  public List<String> kernels() {
    return List.copyOf(adapters.keySet());
  }

  /**
   * Makes the changes.
   *
   * @param condition one, or a row each for several networks
   * @return a change to each kernel by its name
   */
  public Map<String, LowRankChange> generate(Ops tf, Condition condition) {
    condition.require(WHERE, conditionSize);
    Operand<TFloat32> rows = condition.asRows(tf);
    int r = settings.rank();
    Map<String, LowRankChange> changes = new LinkedHashMap<>();
    adapters.forEach(
        (name, adapter) -> {
          long m = rows(adapter.kernel());
          Shapes.requireBelowLimit(
              WHERE,
              "the factors of '" + name + "' of all rows",
              rows.shape().get(0),
              Math.max(m, adapter.kernel().out()),
              r);
          Operand<TFloat32> inputs =
              tf.reshape(
                  ConditionRows.beside(tf, rows, adapter.z().value()),
                  tf.constant(new long[] {-1, (long) conditionSize + settings.embeddingSize()}));
          Operand<TFloat32> h = trunk.apply(tf, inputs);
          Operand<TFloat32> a =
              tf.math.add(tf.linalg.matMul(h, adapter.slopeA().value()), adapter.startA().value());
          Operand<TFloat32> b = tf.linalg.matMul(h, adapter.slopeB().value());
          changes.put(
              name,
              new LowRankChange(
                  factor(tf, a, condition, m, r),
                  factor(tf, b, condition, r, adapter.kernel().out()),
                  settings.scale()));
        });
    return changes;
  }

  private static Operand<TFloat32> factor(
      Ops tf, Operand<TFloat32> numbers, Condition condition, long rows, long columns) {
    long[] sizes =
        condition.hasRows()
            ? new long[] {condition.value().shape().get(0), rows, columns}
            : new long[] {rows, columns};
    return tf.reshape(numbers, tf.constant(sizes));
  }
}
