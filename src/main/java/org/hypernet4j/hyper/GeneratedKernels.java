// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A table of kernel shapes that one generator fills: shapes in, named tensors out.
 *
 * <p>A kernel with {@code in = p * basic.in} and {@code out = q * basic.out} is a block matrix of
 * {@code p * q} basic kernels (paper, section 3.1, equation 3), each with an embedding of its own;
 * embeddings are numbered row by row, rows being blocks of input channels unless the generator has
 * {@link WeightGenerator#outputBlocksFirst}. All basic kernels of all layers are generated in one
 * batched computation.
 *
 * <pre>{@code
 * ParameterScope hyper = store.root().child("generator");
 * WeightGenerator generator =
 *     new TwoLayerLinearGenerator(
 *         hyper, TwoLayerLinearGenerator.Settings.paper(KernelShape.square(3, 16, 16), 64));
 * Map<String, Operand<TFloat32>> kernels =
 *     new GeneratedKernels(generator)
 *         .add("conv2", KernelShape.square(3, 16, 32))
 *         .add("conv3", KernelShape.square(3, 32, 32))
 *         .build(store.root().child("embeddings"));
 * }</pre>
 */
public final class GeneratedKernels {
  private static final String TABLE = "generated kernels";

  private final WeightGenerator generator;
  private final Map<String, KernelShape> shapes = new LinkedHashMap<>();
  private long weights;
  private Function<KernelShape, Initializer> embeddingInitializer =
      shape -> Initializers.truncatedNormal(0f, 1f);

  /** Starts an empty table. */
  public GeneratedKernels(WeightGenerator generator) {
    this.generator = generator;
  }

  /** Sets the embeddings' initialiser, by default truncated normal with standard deviation 1. */
  public GeneratedKernels embeddingInitializer(Initializer initializer) {
    return embeddingInitializer(shape -> initializer);
  }

  /** Sets the embeddings' initialiser by the shape of the generated kernel. */
  public GeneratedKernels embeddingInitializer(Function<KernelShape, Initializer> initializer) {
    this.embeddingInitializer = initializer;
    return this;
  }

  /**
   * Adds a kernel.
   *
   * @param name the scope of its embeddings and its key in the result
   * @param shape channels must be multiples of the basic kernel's, height and width equal to it
   * @throws UserError if they are not, the name is taken, or the table would hold 2^31 weights or
   *     more
   */
  public GeneratedKernels add(String name, KernelShape shape) {
    KernelShape basic = generator.kernelShape();
    if (shape.height() != basic.height()
        || shape.width() != basic.width()
        || shape.in() % basic.in() != 0
        || shape.out() % basic.out() != 0) {
      throw UserError.in("generated kernel '" + name + "'")
          .what("cannot be tiled from the basic kernel")
          .expected(
              basic.height()
                  + "x"
                  + basic.width()
                  + " with input channels a multiple of "
                  + basic.in()
                  + " and output channels a multiple of "
                  + basic.out())
          .received(shape)
          .next("change the layer or the generator's basic kernel")
          .build();
    }
    String where = "generated kernel '" + name + "'";
    if (shapes.containsKey(name)) {
      throw UserError.in(where).what("the name is taken").build();
    }
    Shapes.requireBelowLimit(
        where, "the kernel", shape.height(), shape.width(), shape.in(), shape.out());
    Shapes.requireBelowLimit(where, "the table with this kernel", weights + shape.size());
    shapes.put(name, shape);
    weights += shape.size();
    return this;
  }

  /** The number of basic kernels, and so of embeddings, that a kernel needs: p * q. */
  public int embeddings(String name) {
    KernelShape shape = shapes.get(name);
    if (shape == null) {
      throw UserError.in("generated kernel '" + name + "'")
          .what("not in the table")
          .expected("one of " + shapes.keySet())
          .build();
    }
    return tileRows(shape) * tileColumns(shape);
  }

  /** The number of embeddings that the whole table needs. */
  public int embeddings() {
    return shapes.keySet().stream().mapToInt(this::embeddings).sum();
  }

  /**
   * Creates the embeddings, {@code <name>/z [p q, N_z]} in the given scope, and generates from
   * them.
   *
   * @return kernels {@code [height, width, in, out]} by name, in the order of {@link #add}
   */
  public Map<String, Operand<TFloat32>> build(ParameterScope scope) {
    Map<String, Operand<TFloat32>> z = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) ->
            z.put(
                name,
                scope
                    .child(name)
                    .value(
                        "z",
                        Shape.of(embeddings(name), generator.embeddingSize()),
                        embeddingInitializer.apply(shape),
                        Role.EMBEDDING)));
    return build(scope.tf().withSubScope("generate"), z);
  }

  /**
   * Generates from the caller's embeddings: a row of a task table, a tensor computed from data.
   *
   * @param z for each kernel of the table its embeddings, {@code [p q, N_z]}
   */
  public Map<String, Operand<TFloat32>> build(Ops tf, Map<String, Operand<TFloat32>> z) {
    if (!z.keySet().equals(shapes.keySet()) || shapes.isEmpty()) {
      throw UserError.in(TABLE)
          .what("embeddings and kernels do not have the same names")
          .expected(shapes.keySet())
          .received(z.keySet())
          .build();
    }
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (String name : shapes.keySet()) {
      Operand<TFloat32> rows = Objects.requireNonNull(z.get(name));
      Shapes.require(
          "generated kernel '" + name + "'",
          "z",
          rows,
          embeddings(name),
          generator.embeddingSize());
      all.add(rows);
    }
    return build(tf, all.size() == 1 ? all.get(0) : tf.concat(all, tf.constant(0)));
  }

  /**
   * Generates from the embeddings of the whole table.
   *
   * @param z {@code [embeddings(), N_z]}, kernel after kernel in the order of {@link #add}
   * @return kernels {@code [height, width, in, out]} by name
   */
  public Map<String, Operand<TFloat32>> build(Ops tf, Operand<TFloat32> z) {
    Shapes.require(TABLE, "z", z, embeddings(), generator.embeddingSize());
    return kernels(tf, generate(tf, z), List.of(), 1);
  }

  /**
   * Generates kernels for every example from embeddings of its own: those of its task, or a tensor
   * computed from it.
   *
   * @param z {@code [batch, embeddings(), N_z]}
   * @return kernels {@code [batch, height, width, in, out]} by name, for {@code PerExampleDense}
   *     and {@code PerExampleConv2d} of the package {@code nn}
   */
  public Map<String, Operand<TFloat32>> buildPerExample(Ops tf, Operand<TFloat32> z) {
    Shapes.require(TABLE, "z", z, -1, embeddings(), generator.embeddingSize());
    Operand<TFloat32> rows = tf.reshape(z, tf.constant(new long[] {-1, generator.embeddingSize()}));
    long batch = z.shape().isUnknown() ? -1 : z.shape().get(0);
    Shapes.requireBelowLimit(TABLE, "a table for each example", batch, weights);
    return kernels(tf, generate(tf, rows), List.of(batch), batch);
  }

  private Operand<TFloat32> generate(Ops tf, Operand<TFloat32> z) {
    KernelShape basic = generator.kernelShape();
    return Shapes.require(
        "output of " + generator.getClass().getSimpleName(),
        "kernels",
        generator.generate(tf, z),
        -1,
        basic.height(),
        basic.width(),
        basic.in(),
        basic.out());
  }

  /**
   * Cuts the basic kernels up into those of the table.
   *
   * @param basic {@code [batch embeddings(), height, width, in, out]}
   * @param leading the axes before a kernel's own: none, or the batch
   * @param batch the number of tables, -1 if it is not known
   */
  private Map<String, Operand<TFloat32>> kernels(
      Ops tf, Operand<TFloat32> basic, List<Long> leading, long batch) {
    Operand<TFloat32> all =
        tf.reshape(
            basic, tf.constant(new long[] {batch, embeddings(), generator.kernelShape().size()}));
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    int first = 0;
    for (Map.Entry<String, KernelShape> entry : shapes.entrySet()) {
      int count = embeddings(entry.getKey());
      Operand<TFloat32> tiles =
          shapes.size() == 1
              ? all
              : tf.slice(
                  all,
                  // int32: the gradient of Slice cannot be built for int64 positions
                  tf.constant(new int[] {0, first, 0}),
                  tf.constant(new int[] {-1, count, -1}));
      KernelShape shape = entry.getValue();
      long[] target =
          LongStream.concat(
                  leading.stream().mapToLong(size -> size),
                  LongStream.of(shape.toShape().asArray()))
              .toArray();
      kernels.put(entry.getKey(), tf.reshape(tile(tf, tiles, shape, batch), tf.constant(target)));
      first += count;
    }
    return kernels;
  }

  /**
   * {@code [batch, p q, h w in out]} to the order {@code [batch, h, w, p, in, q, out]}: blocks of
   * output channels first, then those of input channels, because TFLite's converter swaps axes of
   * equal size in transposes of more than four.
   */
  private Operand<TFloat32> tile(Ops tf, Operand<TFloat32> tiles, KernelShape shape, long batch) {
    KernelShape basic = generator.kernelShape();
    long window = (long) basic.height() * basic.width();
    long p = tileRows(shape);
    long q = tileColumns(shape);
    Operand<TFloat32> x = tiles;
    if (generator.outputBlocksFirst() && p > 1 && q > 1) {
      x = swapMiddle(tf, x, batch, q, p, basic.size());
    }
    if (q > 1) {
      long blocks = batch < 0 ? -1 : batch * p;
      x = swapMiddle(tf, x, blocks, q, window * basic.in(), basic.out());
    }
    if (p > 1) {
      x = swapMiddle(tf, x, batch, p, window, basic.in() * q * basic.out());
    }
    return x;
  }

  /** A tensor reshaped to {@code sizes}, with the two axes in the middle exchanged. */
  private static Operand<TFloat32> swapMiddle(Ops tf, Operand<TFloat32> x, long... sizes) {
    return tf.linalg.transpose(
        tf.reshape(x, tf.constant(sizes)), tf.constant(new int[] {0, 2, 1, 3}));
  }

  private int tileRows(KernelShape shape) {
    return shape.in() / generator.kernelShape().in();
  }

  private int tileColumns(KernelShape shape) {
    return shape.out() / generator.kernelShape().out();
  }
}
