// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.internal.GraphFunction;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * Several replicas of a model that compute loss and gradient of their shares of a batch, each on a
 * device of its own, with the same parameters.
 *
 * <p>Loss, gradients and the ops that TensorFlow itself adds to them are built once, for one share,
 * as a function that is called once for each replica: ops of a function that name no device are
 * placed on the device of the call. The function takes the parameters' values, not the parameters:
 * each device receives a copy at every step.
 *
 * <p>Shares have equal sizes, and losses and metrics are means over the examples: their means over
 * the replicas are those of the whole batch, and so is the mean of the gradients. A term of the
 * loss that depends on the parameters only, such as weight decay, is counted once. The next values
 * of parameters in which every example has a row are concatenated; those of others, such as moving
 * averages, are averaged over the replicas.
 *
 * <p>So a step equals that of one device on the whole batch up to rounding, with two exceptions:
 * batch normalisation uses the statistics of a share, and with dropout every replica draws masks of
 * its own, as a function of seed, step and replica.
 */
final class Replicas {
  private static final String FUNCTION = "training_replica";

  private Replicas() {}

  /**
   * The combined results of all replicas.
   *
   * @param ops loss, metrics and next values
   * @param gradients of the trainable parameters
   */
  record Together(TrainingTask.TrainingOps ops, Map<Parameter, Operand<TFloat32>> gradients) {}

  /**
   * Calls the replicas.
   *
   * @param inputs those of the step, with a device for each replica
   * @param share the ops that are computed from a share
   * @param gradients of the share's loss by each trainable parameter
   * @param compiled whether XLA compiles the function
   */
  static Together call(
      ParameterStore store,
      StepInputs inputs,
      TrainingTask.TrainingOps share,
      Map<Parameter, Operand<TFloat32>> gradients,
      boolean compiled) {
    List<Operand<TFloat32>> results = new ArrayList<>(List.of(share.loss()));
    results.addAll(share.metrics().values());
    share.updates().forEach(next -> results.add(next.value()));
    results.addAll(gradients.values());

    List<Operand<?>> arguments = new ArrayList<>(inputs.shares().keySet());
    List<Parameter> whole = store.all().stream().filter(p -> !inputs.hasRows(p)).toList();
    whole.forEach(parameter -> arguments.add(parameter.value()));
    AttrValue function =
        GraphFunction.define(store.graph(), FUNCTION, store.graph(), arguments, results, compiled);

    Ops tf = store.root().child("training").tf();
    List<Operation> calls = new ArrayList<>();
    for (int replica = 0; replica < inputs.replicas(); replica++) {
      List<Output<?>> given = new ArrayList<>();
      for (List<Operand<?>> parts : inputs.shares().values()) {
        given.add(parts.get(replica).asOutput());
      }
      whole.forEach(parameter -> given.add(parameter.value().asOutput()));
      calls.add(
          // not setDevice of the builder: the scope's own device, even none, replaces it
          tf.withDevice(inputs.devices().get(replica))
              .scope()
              .opBuilder("PartitionedCall", "replica_" + replica)
              .addInputList(given.toArray(new Output<?>[0]))
              .setAttr("Tin", types(given))
              .setAttr("Tout", types(results))
              .setAttr("f", function)
              .setAttr("_XlaMustCompile", compiled)
              .build());
    }
    return together(tf, inputs, share, List.copyOf(gradients.keySet()), calls);
  }

  private static DataType[] types(List<? extends Operand<?>> operands) {
    return operands.stream().map(o -> o.asOutput().dataType()).toArray(DataType[]::new);
  }

  private static Together together(
      Ops tf,
      StepInputs inputs,
      TrainingTask.TrainingOps share,
      List<Parameter> trainables,
      List<Operation> calls) {
    int result = 0;
    Operand<TFloat32> loss = mean(tf, calls, result++, Shape.scalar());
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    for (String name : share.metrics().keySet()) {
      metrics.put(name, mean(tf, calls, result++, Shape.scalar()));
    }
    List<NextValue> updates = new ArrayList<>();
    for (NextValue next : share.updates()) {
      Parameter parameter = next.parameter();
      Operand<TFloat32> value =
          inputs.hasRows(parameter)
              ? tf.ensureShape(tf.concat(each(calls, result), tf.constant(0)), parameter.shape())
              : mean(tf, calls, result, parameter.shape());
      updates.add(new NextValue(parameter, value));
      result++;
    }
    Map<Parameter, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    for (Parameter parameter : trainables) {
      gradients.put(parameter, mean(tf, calls, result++, parameter.shape()));
    }
    return new Together(new TrainingTask.TrainingOps(loss, metrics, updates), gradients);
  }

  private static List<Operand<TFloat32>> each(List<Operation> calls, int result) {
    return calls.stream().<Operand<TFloat32>>map(call -> call.<TFloat32>output(result)).toList();
  }

  /** The mean of a result over the calls; the graph does not know the shape of a call's results. */
  private static Operand<TFloat32> mean(Ops tf, List<Operation> calls, int result, Shape shape) {
    Operand<TFloat32> sum = tf.math.addN(each(calls, result));
    return tf.ensureShape(tf.math.mul(sum, tf.constant(1f / calls.size())), shape);
  }
}
