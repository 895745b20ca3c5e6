package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * embeddings are numbered row by row, rows being blocks of input channels. All basic kernels of all
 * layers are generated in one batched computation.
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
  private final WeightGenerator generator;
  private final Map<String, KernelShape> shapes = new LinkedHashMap<>();
  private Initializer embeddingInitializer = Initializers.truncatedNormal(0f, 1f);

  /** Starts an empty table. */
  public GeneratedKernels(WeightGenerator generator) {
    this.generator = generator;
  }

  /** Chooses how embeddings start; truncated normal with standard deviation 1 by default. */
  public GeneratedKernels embeddingInitializer(Initializer initializer) {
    this.embeddingInitializer = initializer;
    return this;
  }

  /**
   * Adds a kernel.
   *
   * @param name the scope of its embeddings and its key in the result
   * @param shape channels must be multiples of the basic kernel's, height and width equal to it
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
    if (shapes.putIfAbsent(name, shape) != null) {
      throw UserError.in("generated kernel '" + name + "'").what("the name is taken").build();
    }
    return this;
  }

  /** How many basic kernels, and so embeddings, a kernel needs: p * q. */
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

  /** How many embeddings the whole table needs. */
  public int embeddings() {
    return shapes.keySet().stream().mapToInt(this::embeddings).sum();
  }

  /**
   * Makes the embeddings, {@code <name>/z [p q, N_z]} in the given scope, and generates from them.
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
                        embeddingInitializer,
                        Role.EMBEDDING)));
    return build(scope.tf().withSubScope("generate"), z);
  }

  /**
   * Generates from embeddings that the caller has: a row of a task table, a tensor computed from
   * data.
   *
   * @param z for each kernel of the table its embeddings, {@code [p q, N_z]}
   */
  public Map<String, Operand<TFloat32>> build(Ops tf, Map<String, Operand<TFloat32>> z) {
    if (!z.keySet().equals(shapes.keySet()) || shapes.isEmpty()) {
      throw UserError.in("generated kernels")
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
    Operand<TFloat32> basic =
        generator.generate(tf, all.size() == 1 ? all.get(0) : tf.concat(all, tf.constant(0)));
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    int first = 0;
    for (Map.Entry<String, KernelShape> entry : shapes.entrySet()) {
      int count = embeddings(entry.getKey());
      Operand<TFloat32> tiles =
          all.size() == 1
              ? basic
              : tf.slice(
                  basic,
                  // int32: the gradient of Slice cannot be built for int64 positions
                  tf.constant(new int[] {first, 0, 0, 0, 0}),
                  tf.constant(new int[] {count, -1, -1, -1, -1}));
      kernels.put(entry.getKey(), tile(tf, tiles, entry.getValue()));
      first += count;
    }
    return kernels;
  }

  /** {@code [p q, h, w, in, out] -> [h, w, p in, q out]}: one transpose, no concatenations. */
  private Operand<TFloat32> tile(Ops tf, Operand<TFloat32> tiles, KernelShape shape) {
    KernelShape basic = generator.kernelShape();
    long[] target = shape.toShape().asArray();
    int p = tileRows(shape);
    int q = tileColumns(shape);
    if (p * q == 1) {
      return tf.reshape(tiles, tf.constant(target));
    }
    Operand<TFloat32> grid =
        tf.reshape(
            tiles,
            tf.constant(new long[] {p, q, basic.height(), basic.width(), basic.in(), basic.out()}));
    Operand<TFloat32> blocks = tf.linalg.transpose(grid, tf.constant(new int[] {2, 3, 0, 4, 1, 5}));
    return tf.reshape(blocks, tf.constant(target));
  }

  private int tileRows(KernelShape shape) {
    return shape.in() / generator.kernelShape().in();
  }

  private int tileColumns(KernelShape shape) {
    return shape.out() / generator.kernelShape().out();
  }
}
