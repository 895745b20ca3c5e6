// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The inputs of a training step. A task feeds whole batches and computes from the tensors that it
 * sees: the whole batch or, with several replicas, the share of one.
 *
 * <pre>{@code
 * StepInputs.Input<TInt32> labels = inputs.examples("labels", TInt32.class, Shape.of(-1), 0);
 * Operand<TFloat32> loss = loss(tf, labels.seen());   // in build
 * feeds.ints(labels.fed(), Shape.of(100), numbers);   // in feed
 * }</pre>
 */
public final class StepInputs {
  /** Keeps the random draws of one replica apart from those of another at any step. */
  private static final long REPLICA_KEY = 1L << 40;

  private final Ops tf;
  private final Ops replica;
  private final List<DeviceSpec> devices;
  private final List<Placeholder<?>> fed = new ArrayList<>();
  private final Map<Operand<?>, List<Operand<?>>> shares = new LinkedHashMap<>();
  private final Set<Parameter> rows = new LinkedHashSet<>();

  /**
   * An input.
   *
   * @param fed the placeholder for the whole batch
   * @param seen the tensor that the model computes from
   */
  public record Input<T extends TType>(Placeholder<T> fed, Operand<T> seen) {}

  /**
   * Sets up the inputs of a step.
   *
   * @param devices those of the replicas; empty for one replica that sees the whole batch
   */
  public StepInputs(ParameterStore store, List<DeviceSpec> devices) {
    this.tf = store.root().child("training").tf();
    this.replica = store.root().child("training/replica").tf();
    this.devices = List.copyOf(devices);
  }

  /** The inputs of a step that one replica computes. */
  public static StepInputs whole(ParameterStore store) {
    return new StepInputs(store, List.of());
  }

  /** Number of replicas that share a batch. */
  public int replicas() {
    return Math.max(1, devices.size());
  }

  /**
   * An input with an entry for each example of the batch.
   *
   * @param name of the placeholder that is fed, below {@code training}
   * @param shape of the whole batch; -1 for a size that is not known
   * @param axis the axis of the examples
   */
  public <T extends TType> Input<T> examples(String name, Class<T> type, Shape shape, int axis) {
    String where = "input '" + name + "'";
    Shapes.requirePlaceholder(where, "the batch", shape);
    if (axis < 0 || axis >= shape.numDimensions()) {
      throw UserError.in(where)
          .what("the examples stand along an axis that is not there")
          .expected("0 to " + (shape.numDimensions() - 1) + " for " + shape)
          .received(axis)
          .build();
    }
    Placeholder<T> whole = placeholder(name, type, shape);
    if (devices.isEmpty()) {
      return new Input<>(whole, whole);
    }
    Operand<T> share =
        replica.withName(name).placeholder(type, Placeholder.shape(share(name, shape, axis)));
    shares.put(share, split(whole, axis));
    return new Input<>(whole, share);
  }

  /** A scalar that is the same for all examples. */
  public <T extends TType> Input<T> scalar(String name, Class<T> type) {
    Placeholder<T> whole = placeholder(name, type, Shape.scalar());
    if (!devices.isEmpty()) {
      shares.put(whole, Collections.nCopies(replicas(), whole));
    }
    return new Input<>(whole, whole);
  }

  /**
   * The number of the step as a key of random draws. Each replica sees a different key, so that no
   * two draw equal numbers; the first sees the key that is fed.
   */
  public Input<TInt64> key(String name) {
    Placeholder<TInt64> whole = placeholder(name, TInt64.class, Shape.scalar());
    if (!devices.isEmpty()) {
      List<Operand<?>> keys = new ArrayList<>();
      for (int i = 0; i < replicas(); i++) {
        keys.add(i == 0 ? whole : tf.math.add(whole, tf.constant(i * REPLICA_KEY)));
      }
      shares.put(whole, keys);
    }
    return new Input<>(whole, whole);
  }

  /**
   * The share's rows of a parameter that has a row for every example of the batch.
   *
   * @param parameter {@code [batch, ...]}
   */
  public Operand<TFloat32> rows(Parameter parameter) {
    if (devices.isEmpty()) {
      return parameter.value();
    }
    String name = parameter.name().replace('/', '_');
    Operand<TFloat32> share =
        replica
            .withName(name)
            .placeholder(TFloat32.class, Placeholder.shape(share(name, parameter.shape(), 0)));
    shares.put(share, split(parameter.value(), 0));
    rows.add(parameter);
    return share;
  }

  /** The placeholders that are fed for each step. */
  List<Placeholder<?>> fed() {
    return List.copyOf(fed);
  }

  /** The devices of the replicas; empty if there is one. */
  List<DeviceSpec> devices() {
    return devices;
  }

  /** The tensors that a replica computes from, each with the replicas' own tensors in its place. */
  Map<Operand<?>, List<Operand<?>>> shares() {
    return Collections.unmodifiableMap(shares);
  }

  /** Whether each example has a row of its own in a parameter. */
  boolean hasRows(Parameter parameter) {
    return rows.contains(parameter);
  }

  private <T extends TType> Placeholder<T> placeholder(String name, Class<T> type, Shape shape) {
    Placeholder<T> whole = tf.withName(name).placeholder(type, Placeholder.shape(shape));
    fed.add(whole);
    return whole;
  }

  private <T extends TType> List<Operand<?>> split(Operand<T> whole, int axis) {
    return List.copyOf(tf.split(tf.constant(axis), whole, (long) replicas()).output());
  }

  private Shape share(String name, Shape whole, int axis) {
    long[] sizes = whole.asArray();
    if (sizes[axis] >= 0) {
      if (sizes[axis] % replicas() != 0) {
        throw UserError.in("input '" + name + "'")
            .what("the batch cannot be divided evenly")
            .expected("a multiple of " + replicas())
            .received(sizes[axis])
            .build();
      }
      sizes[axis] /= replicas();
    }
    return Shape.of(sizes);
  }
}
