// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.transpose;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The generator against numbers of two public codes (float64 runs of g1910/HyperNetworks and of the
 * authors' MNIST notebook).
 *
 * <p>Both compute {@code A = reshape(z w2 + b2, [16, d])}, {@code F = A w1 + b1} and view F as
 * {@code [out, in, f, f]} without a transpose, so that row r of A makes <em>output</em> channel r
 * and the columns of w1 run over (input channel, row, column): in and out are the other way round
 * than in the paper. With as many inputs as outputs this is the paper's generator with the channel
 * axes of the kernel exchanged. The mapping, with "our" on the left:
 *
 * <ul>
 *   <li>projection/W = w2, projection/B = b2, z = z
 *   <li>output/W[k, (p, q, c)] = w1[k, (c, p, q)] for g1910, w1[k, (c, q, p)] for the notebook,
 *       which reverses all four axes in the end; output/B from b1 in the same way
 *   <li>our kernel[p, q, r, c] = g1910 kernel[r, c, p, q] = notebook kernel[p, q, c, r]
 * </ul>
 */
class TwoLayerLinearGoldenTest {
  @Test
  void agreesWithG1910() {
    GoldenFiles golden = GoldenFiles.read("static_g1910_basic_16x16x3x3_z64");
    int[] w1 = {64, 16, 3, 3};
    Computed computed =
        compute(
            3,
            64,
            transpose(golden.floats("w/w1"), w1, 0, 2, 3, 1),
            transpose(golden.floats("w/b1"), new int[] {16, 3, 3}, 1, 2, 0),
            golden.floats("w/w2"),
            golden.floats("w/b2"),
            golden.floats("w/z_list.0"),
            transpose(golden.floats("R"), new int[] {16, 16, 3, 3}, 2, 3, 0, 1));

    // [p, q, r, c] -> [r, c, p, q]
    assertClose(
        "kernel",
        transpose(computed.kernel, new int[] {3, 3, 16, 16}, 2, 3, 0, 1),
        golden.doubles("f64/kernel"),
        // entries reach 50
        5e-6);
    int[] ours = {64, 3, 3, 16};
    assertGradient(
        "w1",
        transpose(computed.gradient("generator/output/W"), ours, 0, 3, 1, 2),
        golden.doubles("f64/grad/w1"),
        2e-6);
    assertGradient(
        "b1",
        transpose(computed.gradient("generator/output/B"), new int[] {3, 3, 16}, 2, 0, 1),
        golden.doubles("f64/grad/b1"),
        2e-6);
    assertGradient(
        "w2", computed.gradient("generator/projection/W"), golden.doubles("f64/grad/w2"), 2e-6);
    assertGradient(
        "b2", computed.gradient("generator/projection/B"), golden.doubles("f64/grad/b2"), 2e-6);
    assertGradient(
        "z", computed.gradient("embeddings/k/z"), golden.doubles("f64/grad/z_list.0"), 2e-6);
  }

  @Test
  void agreesWithTheNotebook() {
    GoldenFiles golden = GoldenFiles.read("static_mnist_notebook");
    int[] w1 = {4, 16, 7, 7};
    Computed computed =
        compute(
            7,
            4,
            transpose(golden.floats("w/w1"), w1, 0, 3, 2, 1),
            transpose(golden.floats("w/b1"), new int[] {16, 7, 7}, 2, 1, 0),
            golden.floats("w/w2"),
            golden.floats("w/b2"),
            golden.floats("w/z_signal_2"),
            transpose(golden.floats("R_kernel"), new int[] {7, 7, 16, 16}, 0, 1, 3, 2));

    assertClose(
        "kernel",
        transpose(computed.kernel, new int[] {7, 7, 16, 16}, 0, 1, 3, 2),
        golden.doubles("f64/kernel"),
        4e-7);
    int[] ours = {4, 7, 7, 16};
    assertGradient(
        "w1",
        transpose(computed.gradient("generator/output/W"), ours, 0, 3, 2, 1),
        golden.doubles("f64/grad_kernel/w1"),
        2e-6);
    assertGradient(
        "b1",
        transpose(computed.gradient("generator/output/B"), new int[] {7, 7, 16}, 2, 1, 0),
        golden.doubles("f64/grad_kernel/b1"),
        2e-6);
    assertGradient(
        "w2",
        computed.gradient("generator/projection/W"),
        golden.doubles("f64/grad_kernel/w2"),
        2e-6);
    assertGradient(
        "b2",
        computed.gradient("generator/projection/B"),
        golden.doubles("f64/grad_kernel/b2"),
        2e-6);
    assertGradient(
        "z",
        computed.gradient("embeddings/k/z"),
        golden.doubles("f64/grad_kernel/z_signal_2"),
        2e-6);
  }

  private static final class Computed {
    final float[] kernel;
    private final Map<String, float[]> gradients;

    Computed(float[] kernel, Map<String, float[]> gradients) {
      this.kernel = kernel;
      this.gradients = gradients;
    }

    float[] gradient(String name) {
      return Objects.requireNonNull(gradients.get(name), name);
    }
  }

  /** The kernel, and the gradients of sum(kernel * r), from given weights. */
  private static Computed compute(
      int f,
      int size,
      float[] outputW,
      float[] outputB,
      float[] projectionW,
      float[] projectionB,
      float[] z,
      float[] r) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      KernelShape shape = KernelShape.square(f, 16, 16);
      WeightGenerator generator =
          new TwoLayerLinearGenerator(
              store.root().child("generator"), TwoLayerLinearGenerator.Settings.paper(shape, size));
      Operand<TFloat32> kernel =
          Objects.requireNonNull(
              new GeneratedKernels(generator)
                  .add("k", shape)
                  .build(store.root().child("embeddings"))
                  .get("k"));
      Ops tf = store.root().tf();
      Operand<TFloat32> weights =
          tf.constant(Shape.of(f, f, 16, 16), DataBuffers.of(r, true, false));
      Operand<TFloat32> loss =
          tf.reduceSum(tf.math.mul(kernel, weights), tf.constant(new int[] {0, 1, 2, 3}));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      store.initialize(session);
      ParameterValues.assign(
          session,
          store,
          Map.of(
              "generator/output/W", outputW,
              "generator/output/B", outputB,
              "generator/projection/W", projectionW,
              "generator/projection/B", projectionB,
              "embeddings/k/z", z));
      Map<String, float[]> byName = new LinkedHashMap<>();
      gradients.forEach((p, g) -> byName.put(p.name(), fetch(session, g)));
      return new Computed(fetch(session, kernel), byName);
    }
  }

  static float[] fetch(Session session, Operand<TFloat32> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] flat = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(flat);
      return flat;
    }
  }
}
