// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.function.Consumer;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;

/**
 * Common settings of gated cells, an immutable value: each {@code with...} returns a changed copy.
 *
 * @param <T> the settings of one kind of cell
 */
public abstract sealed class CellSettings<T extends CellSettings<T>> implements Cloneable
    permits LstmSettings, GruSettings {
  /** The epsilon of the paper's first author. */
  static final float EPSILON = 1e-3f;

  private final String what;
  private final int gates;
  private final int inputSize;
  private final int units;
  float gateEpsilon;
  boolean layerNormBias = true;
  boolean recurrentDropout;
  Initializer inputInitializer;
  Initializer recurrentInitializer;

  CellSettings(String what, int gates, int inputSize, int units) {
    this.what = what;
    this.gates = gates;
    this.inputSize = inputSize;
    this.units = units;
    inputInitializer = Initializers.orthogonalBlocks(gates, 1f);
    recurrentInitializer = Initializers.orthogonalBlocks(gates, 1f);
  }

  /** N_x. */
  public final int inputSize() {
    return inputSize;
  }

  /** N_h. */
  public final int units() {
    return units;
  }

  /** Epsilon of the gates' layer normalisation; 0 for none. */
  public final float gateEpsilon() {
    return gateEpsilon;
  }

  /** Whether layer normalisation has a shift, its bias. */
  public final boolean layerNormBias() {
    return layerNormBias;
  }

  /** Whether {@link RnnCell#advance} takes a mask for the candidate, tanh(g). */
  public final boolean recurrentDropout() {
    return recurrentDropout;
  }

  /**
   * Layer normalisation with this epsilon wherever the cell supports it; 0 turns it off. The
   * paper's first author uses 1e-3.
   */
  public T withLayerNorm(float epsilon) {
    return with(copy -> copy.gateEpsilon = epsilon);
  }

  /** Layer normalisation with an epsilon of 1e-3, or none. */
  public final T withLayerNorm(boolean value) {
    return withLayerNorm(value ? EPSILON : 0f);
  }

  /** With or without a shift in layer normalisation; its gain starts at 1, its shift at 0. */
  public final T withLayerNormBias(boolean value) {
    return with(copy -> copy.layerNormBias = value);
  }

  /** With or without recurrent dropout, applied to the candidate so that no memory is lost. */
  public final T withRecurrentDropout(boolean value) {
    return with(copy -> copy.recurrentDropout = value);
  }

  /** Initial values of W_x and W_h; by default both are orthogonal, each gate by itself. */
  public final T withInitializers(Initializer input, Initializer recurrent) {
    return with(
        copy -> {
          copy.inputInitializer = input;
          copy.recurrentInitializer = recurrent;
        });
  }

  /** A copy with a change, checked. */
  @SuppressWarnings("unchecked") // a copy is of the same class
  final T with(Consumer<T> change) {
    try {
      T copy = (T) clone();
      change.accept(copy);
      copy.check();
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** Refuses settings that no cell can have. */
  void check() {
    require(
        inputSize >= 1 && units >= 1 && gateEpsilon >= 0,
        "inputSize " + inputSize + ", units " + units + ", epsilon " + gateEpsilon);
  }

  final void require(boolean right, String received) {
    if (!right) {
      throw UserError.in(what)
          .what("sizes must be positive and epsilon not negative")
          .received(received)
          .build();
    }
  }

  /** Creates W_x, {@code [inputSize, gates * units]}. */
  final Parameter inputKernel(ParameterScope scope) {
    return kernel(scope, "W_x", inputSize, inputInitializer);
  }

  /** Creates W_h, {@code [units, gates * units]}. */
  final Parameter recurrentKernel(ParameterScope scope) {
    return kernel(scope, "W_h", units, recurrentInitializer);
  }

  private Parameter kernel(ParameterScope scope, String name, int rows, Initializer initializer) {
    return scope.regularisedParameter(name, Shape.of(rows, columns()), initializer, Role.KERNEL);
  }

  /** Creates a bias of all gates, which starts at zero. */
  final Parameter bias(ParameterScope scope, String name) {
    return scope.parameter(name, Shape.of(columns()), Initializers.zeros(), Role.BIAS);
  }

  private long columns() {
    return (long) gates * units;
  }

  /** Creates the layer normalisation of some gates; null if epsilon is 0. */
  final @Nullable LayerNorm norm(ParameterScope scope, int ofGates, float epsilon) {
    return epsilon > 0 ? new LayerNorm(scope, ofGates, units, epsilon, layerNormBias) : null;
  }
}
