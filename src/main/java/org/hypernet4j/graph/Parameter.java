// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.Objects;
import org.hypernet4j.graph.internal.SameGraph;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A named float32 array whose value lives in a session: a resource variable with its read op, its
 * assign op and its initial value.
 *
 * <p>Ops in the graph, for a parameter {@code conv1/kernel}: {@code conv1/kernel} (VarHandleOp),
 * {@code conv1/kernel/Read/ReadVariableOp}, {@code conv1/kernel/Assign}.
 */
public final class Parameter {
  private final String name;
  private final Shape shape;
  private final Role role;
  private final Training training;
  private final Output<?> handle;
  private final Output<TFloat32> value;
  private final Operand<TFloat32> initialValue;
  private final GraphOperation assign;
  private FunctionalCall.@Nullable Substitute substitute;

  /** What training does with a parameter. */
  record Training(boolean trainable, boolean regularised, boolean frozen) {}

  Parameter(
      String name,
      Shape shape,
      Role role,
      Training training,
      Output<?> handle,
      Output<TFloat32> value,
      Operand<TFloat32> initialValue,
      GraphOperation assign) {
    this.name = name;
    this.shape = shape;
    this.role = role;
    this.training = training;
    this.handle = handle;
    this.value = value;
    this.initialValue = initialValue;
    this.assign = assign;
  }

  /** The full name with scopes, {@code conv1/kernel}. Unique in its graph. */
  public String name() {
    return name;
  }

  /** The shape; always fully known. */
  public Shape shape() {
    return shape;
  }

  /** Number of entries. */
  public long size() {
    return shape.size();
  }

  /** Its purpose. */
  public Role role() {
    return role;
  }

  /** Whether an optimizer changes it. */
  public boolean trainable() {
    return training.trainable();
  }

  /** Whether weight decay applies to it. */
  public boolean regularised() {
    return training.regularised();
  }

  /** Whether training leaves it alone because of {@link ParameterStore#freeze}. */
  public boolean frozen() {
    return training.frozen();
  }

  /**
   * The current value, a tensor of {@link #shape()}, for use in model code; within {@link
   * ParameterStore#withValues} the tensor given there.
   */
  public Operand<TFloat32> value() {
    return substitute == null ? value : substitute.read();
  }

  /** The read of the variable, whatever stands for it now. */
  Operand<TFloat32> variable() {
    return value;
  }

  /** Lets a tensor stand for the variable until {@link #show}. */
  void hide(Operand<TFloat32> value) {
    substitute = new FunctionalCall.Substitute(value, substitute);
  }

  /** Ends what the last {@link #hide} began, and returns whether the tensor was read. */
  boolean show() {
    FunctionalCall.Substitute last = Objects.requireNonNull(substitute);
    substitute = last.around();
    return last.wasRead();
  }

  /**
   * The resource handle, for ops that update the parameter or gather rows from it. It is always
   * that of the variable, within {@link ParameterStore#withValues} too.
   */
  public Output<?> handle() {
    return handle;
  }

  /** The value that initialisation assigns. */
  public Operand<TFloat32> initialValue() {
    return initialValue;
  }

  /** The op that assigns the initial value. Feed {@link #initialValue()} to assign another. */
  public GraphOperation assign() {
    return assign;
  }

  /**
   * Adds an op that assigns a value computed in the graph. The assignment waits until {@link
   * #value} has been read, so that everything a call computes from the parameter uses the old
   * value.
   *
   * @param tf ops of the scope that names the op
   * @param next the next value, of {@link #shape()}
   */
  public Op assign(Ops tf, Operand<TFloat32> next) {
    SameGraph.require(name, value.op().env(), "the next value", next);
    Shapes.require(name, "the next value", next, shape.asArray());
    return tf.withControlDependencies(value).assignVariableOp(handle, next);
  }

  @Override
  public String toString() {
    return name + " " + Shapes.describe(shape.asArray());
  }
}
