// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.hypernet4j.cell.internal.CustomGradientBuilder;
import org.hypernet4j.cell.internal.MatrixProduct;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.internal.CustomGradient;
import org.hypernet4j.graph.internal.SameGraph;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell's weights as tensors of the current graph. Each is built, or carried into the body of a
 * loop, when the cell first reads it, so that a cell need not list the weights it reads.
 */
public final class CellValues {
  private final Map<List<Object>, Operand<TFloat32>> byKey;
  private final Set<List<Object>> underway;
  private final @Nullable CellValues outside;
  private final UnaryOperator<Weight> scoped;
  private final Function<Weight, Operand<TFloat32>> make;
  private final Map<Output<TFloat32>, Captured> captured;
  private final boolean oneStep;
  private final CustomGradientBuilder pieces;

  /**
   * A weight that the body of a loop has read.
   *
   * @param outside the weight around the loop
   * @param inside the same weight in the body of the loop
   */
  public record Captured(Operand<TFloat32> outside, Operand<TFloat32> inside) {}

  private CellValues(
      @Nullable CellValues outside,
      Function<Weight, Operand<TFloat32>> make,
      Map<Output<TFloat32>, Captured> captured,
      boolean oneStep,
      CustomGradientBuilder pieces) {
    this.byKey = new HashMap<>();
    this.underway = new HashSet<>();
    this.outside = outside;
    this.scoped = UnaryOperator.identity();
    this.make = make;
    this.captured = captured;
    this.oneStep = oneStep;
    this.pieces = pieces;
  }

  private CellValues(CellValues same, UnaryOperator<Weight> scoped) {
    this.byKey = same.byKey;
    this.underway = same.underway;
    this.outside = same.outside;
    this.scoped = scoped;
    this.make = same.make;
    this.captured = same.captured;
    this.oneStep = same.oneStep;
    this.pieces = same.pieces;
  }

  /** Builds each weight once, in the graph of the parameters. */
  public static CellValues make(Ops tf) {
    return make(tf, "step of a cell");
  }

  /**
   * Builds each weight once, in the graph of the parameters.
   *
   * @param where start of the error message if a parameter belongs to another graph
   */
  public static CellValues make(Ops tf, String where) {
    return new CellValues(
        null,
        weight -> makeChecked(tf, where, weight),
        Map.of(),
        false,
        CustomGradientBuilder.PLAIN);
  }

  /**
   * The weights for a single step. Tensors made from parameters serve this one step only, so a cell
   * omits those that cost more than they save.
   */
  public static CellValues forOneStep(Ops tf) {
    return new CellValues(
        null,
        weight -> makeChecked(tf, "step of a cell", weight),
        Map.of(),
        true,
        CustomGradientBuilder.PLAIN);
  }

  private static Operand<TFloat32> makeChecked(Ops tf, String where, Weight weight) {
    Operand<TFloat32> made = weight.make(tf);
    SameGraph.require(where, tf.scope().env(), weight.role() + " " + weight, made);
    return made;
  }

  /**
   * The same weights in the body of a loop; see {@link #inLoop(UnaryOperator,
   * CustomGradientBuilder)}.
   */
  public CellValues inLoop(UnaryOperator<Operand<TFloat32>> enter) {
    return inLoop(enter, CustomGradientBuilder.PLAIN);
  }

  /**
   * The same weights in the body of a loop. A weight that a step reads is built outside, before the
   * loop, and recorded in {@link #captured}.
   *
   * @param enter makes a tensor from outside visible in the body
   * @param pieces builds the pieces of a step that have a known derivative
   */
  public CellValues inLoop(UnaryOperator<Operand<TFloat32>> enter, CustomGradientBuilder pieces) {
    Map<Output<TFloat32>, Captured> entered = new LinkedHashMap<>();
    return new CellValues(
        this,
        weight -> {
          Operand<TFloat32> around = find(weight);
          return entered
              .computeIfAbsent(
                  around.asOutput(), tensor -> new Captured(tensor, enter.apply(tensor)))
              .inside();
        },
        entered,
        false,
        pieces);
  }

  /**
   * The same values for a cell inside another. A weight that it makes is its own, even if another
   * cell makes one of the same name; parameters are those of all.
   *
   * @param scope a name for the inner cell, unique in the outer one: {@code layer0}
   */
  public CellValues below(String scope) {
    return new CellValues(this, weight -> scoped.apply(weight.below(scope)));
  }

  /** The weights that a loop's body has read so far, each once, in the order of the first reads. */
  public List<Captured> captured() {
    return new ArrayList<>(captured.values());
  }

  /** Whether these values serve one step only, not a loop. */
  boolean oneStep() {
    return oneStep;
  }

  /** The value of a parameter. */
  public Operand<TFloat32> of(Parameter parameter) {
    return of(Weight.of(parameter));
  }

  /**
   * The tensor of a weight.
   *
   * @throws UserError if the weight is made from itself
   */
  public Operand<TFloat32> of(Weight weight) {
    return find(scoped.apply(weight));
  }

  private Operand<TFloat32> find(Weight weight) {
    if (outside != null && !outside.underway.isEmpty()) {
      return outside.find(weight); // read by the maker of another weight, which is built outside
    }
    List<Object> key = weight.key();
    Operand<TFloat32> known = byKey.get(key);
    if (known != null) {
      return known;
    }
    if (!underway.add(key)) {
      throw UserError.in("weight '" + weight + "' of a cell")
          .what("its maker reads the weight itself")
          .expected("a maker that reads parameters or other weights")
          .received("a read of '" + weight + "'")
          .next("give one of them another name")
          .build();
    }
    try {
      Operand<TFloat32> made = make.apply(weight);
      byKey.put(key, made);
      return made;
    } finally {
      underway.remove(key);
    }
  }

  /** The product of a tensor {@code [batch, rows]} and a matrix {@code [rows, columns]}. */
  public Operand<TFloat32> product(Ops tf, Operand<TFloat32> left, Parameter matrix) {
    return product(tf, left, Weight.of(matrix));
  }

  /**
   * The product of a tensor and a weight, {@code [batch, rows]} by {@code [rows, columns]}. In a
   * loop it need not be computed again for the gradient, and the derivative by a large weight is
   * formed for all steps at once.
   */
  public Operand<TFloat32> product(Ops tf, Operand<TFloat32> left, Weight weight) {
    return build(tf, new MatrixProduct(left, of(weight)));
  }

  /** The logistic sigmoid, whose value a loop keeps for the gradient. */
  public Operand<TFloat32> sigmoid(Ops tf, Operand<TFloat32> x) {
    return build(tf, new Activation(Activation.Kind.SIGMOID, x));
  }

  /** The hyperbolic tangent, whose value a loop keeps for the gradient. */
  public Operand<TFloat32> tanh(Ops tf, Operand<TFloat32> x) {
    return build(tf, new Activation(Activation.Kind.TANH, x));
  }

  /** {@code x + shift} for every row, with the derivative in one pass. */
  Operand<TFloat32> shifted(Ops tf, Operand<TFloat32> x, Parameter shift) {
    return build(tf, new Affine(x, null, of(shift)));
  }

  /** Builds a piece of the step whose derivative is known. */
  public Operand<TFloat32> build(Ops tf, CustomGradient piece) {
    return pieces.build(tf, piece);
  }
}
