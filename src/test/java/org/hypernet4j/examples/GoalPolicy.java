// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.MlpNetwork;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An example of docs/not-covered.md: a policy whose weights are made from a goal. */
record GoalPolicy(
    StepInputs.Input<TFloat32> states,
    StepInputs.Input<TFloat32> goals,
    StepInputs.Input<TFloat32> advantages,
    Operand<TFloat32> logits,
    TrainingGraph.Nodes nodes) {

  // example begins
  /**
   * One step of the policy gradient.
   *
   * <p>Fed are {@code [batch, states]}, {@code [batch, goals]} and {@code [batch, actions]}: what
   * was gained beyond expectation, at the action that was taken, 0 elsewhere.
   */
  static GoalPolicy build(ParameterStore store, int states, int goals, int actions) {
    StepInputs inputs = StepInputs.whole(store);
    var state = inputs.examples("states", TFloat32.class, Shape.of(-1, states), 0);
    var goal = inputs.examples("goals", TFloat32.class, Shape.of(-1, goals), 0);
    var gain = inputs.examples("advantages", TFloat32.class, Shape.of(-1, actions), 0);
    ConditionedNetwork policy =
        new ConditionedNetwork(
            store.root(),
            new MlpNetwork(states, List.of(16), actions),
            HeadKernels.of(List.of(16), TargetVariance.KAIMING_IN),
            goals);
    Ops tf = store.root().child("policy").tf();
    Operand<TFloat32> logits = policy.apply(tf, Condition.of(goal.seen()), state.seen());
    Operand<TFloat32> likely = tf.math.mul(gain.seen(), tf.nn.logSoftmax(logits));
    Operand<TFloat32> loss =
        tf.math.neg(tf.math.mean(tf.reduceSum(likely, tf.constant(1)), tf.constant(0)));
    TrainingGraph.Nodes nodes =
        TrainingGraph.define(
            store,
            inputs,
            new TrainingTask.TrainingOps(loss, Map.of(), List.of()),
            (all, rate) -> new Adam(all, rate, GradientClip.none()));
    return new GoalPolicy(state, goal, gain, logits, nodes);
  }
  // example ends
}
