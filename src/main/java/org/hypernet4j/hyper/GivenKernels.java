// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SameGraph;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Existing kernels: arrays, which training leaves unchanged, or tensors of the graph, from any
 * computation.
 *
 * <pre>{@code
 * ImageClassifier net =
 *     new MnistConvNet(
 *         store.root(),
 *         MnistConvNet.Settings.PAPER,
 *         GivenKernels.read(Path.of("kernels.npz")));
 * }</pre>
 */
public final class GivenKernels implements KernelSource {
  private static final String WHERE = "given kernels";

  private final Map<String, NpyArray> arrays;
  private final Map<String, Operand<TFloat32>> tensors;

  private GivenKernels(Map<String, NpyArray> arrays, Map<String, Operand<TFloat32>> tensors) {
    this.arrays = new LinkedHashMap<>(arrays);
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * Constant kernels.
   *
   * @param arrays {@code [height, width, in, out]} by the name of the kernel in the network, for
   *     example {@code conv2}; values of any type become float32
   */
  public static GivenKernels ofArrays(Map<String, NpyArray> arrays) {
    return new GivenKernels(arrays, Map.of());
  }

  /**
   * Constant kernels of a NumPy archive.
   *
   * @param npz its arrays {@code [height, width, in, out]} have the names of the kernels
   * @throws UserError if it cannot be read
   */
  public static GivenKernels read(Path npz) {
    return ofArrays(Npz.read(npz));
  }

  /**
   * Kernels from tensors, through which gradients flow.
   *
   * @param tensors {@code [height, width, in, out]} by the name of the kernel in the network
   */
  public static GivenKernels of(Map<String, Operand<TFloat32>> tensors) {
    return new GivenKernels(Map.of(), tensors);
  }

  /**
   * {@inheritDoc}
   *
   * <p>No parameter is created.
   *
   * @throws UserError if there are kernels of other names or shapes than the network has, null,
   *     tensors of another graph, or values that are NaN or infinite
   */
  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> table) {
    Map<String, ?> given = arrays.isEmpty() ? tensors : arrays;
    if (!given.keySet().equals(table.keySet())) {
      throw UserError.in(WHERE)
          .what("do not have the names of the network's kernels")
          .expected(table.keySet())
          .received(given.keySet())
          .build();
    }
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    table.forEach(
        (name, shape) ->
            kernels.put(
                name,
                arrays.isEmpty()
                    ? tensor(scope, name, shape)
                    : constant(scope.child(name).tf(), name, shape)));
    return kernels;
  }

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    return 0;
  }

  private static <T> T given(Map<String, T> kernels, String name) {
    T kernel = kernels.get(name);
    if (kernel == null) {
      throw UserError.in(WHERE)
          .what("there is none for '" + name + "'")
          .expected("a tensor or an array for each of the network's kernels")
          .received("null")
          .build();
    }
    return kernel;
  }

  private Operand<TFloat32> tensor(ParameterScope scope, String name, KernelShape shape) {
    Operand<TFloat32> given = given(tensors, name);
    SameGraph.require(WHERE, scope.tf().scope().env(), "'" + name + "'", given);
    return Shapes.require(
        WHERE, name, given, shape.height(), shape.width(), shape.in(), shape.out());
  }

  private Operand<TFloat32> constant(Ops tf, String name, KernelShape shape) {
    NpyArray array = given(arrays, name);
    String where = WHERE + ": '" + name + "'";
    if (!Shape.of(array.shape()).equals(shape.toShape())) {
      throw UserError.in(where)
          .what("has another shape than the network's kernel")
          .expected("[height, width, in, out] = " + shape.toShape())
          .received(array)
          .build();
    }
    float[] values = array.roundedFloats(where);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw UserError.in(where).what("has a number that is no kernel's").received(value).build();
      }
    }
    return tf.constant(shape.toShape(), DataBuffers.of(values, true, false));
  }
}
