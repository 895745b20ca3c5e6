// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.Hypernetwork;
import org.hypernet4j.hyper.TaskEmbeddings;
import org.hypernet4j.hyper.WeightShape;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.ContinualModelSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The networks of all tasks: a hypernetwork that makes them, and the embeddings of the tasks. */
final class ContinualModel {
  /** The parameter of the embeddings. */
  static final String EMBEDDINGS = "tasks/z";

  private final ContinualModelSpec spec;
  private final TargetNetwork network;
  private final Hypernetwork hypernetwork;
  private final @Nullable TaskEmbeddings embeddings;

  /**
   * Creates the parameters: {@code tasks/z [tasks, size]}, all N(0, 1), and those of the generator.
   */
  ContinualModel(ParameterScope scope, ContinualModelSpec spec) {
    this.spec = spec;
    int tasks = spec.tasks().count();
    network = network(spec, spec.outputs());
    embeddings =
        spec.hasEmbeddings()
            ? new TaskEmbeddings(
                scope.child("tasks"),
                tasks,
                1,
                spec.taskEmbeddingSize(),
                Initializers.normal(0f, 1f))
            : null;
    hypernetwork =
        SpecNetworks.hypernetwork(
            scope,
            network.weights(),
            spec.generator(),
            embeddings == null ? tasks : embeddings.size());
  }

  /** The network of a task. */
  static TargetNetwork network(ContinualModelSpec spec, int outputs) {
    return SpecNetworks.ofImages(spec.network(), spec.tasks().imageSize(), 1, outputs);
  }

  Hypernetwork hypernetwork() {
    return hypernetwork;
  }

  /** The parameter that holds the embeddings, or null for a model without. */
  @Nullable Parameter embeddings() {
    return embeddings == null ? null : embeddings.parameter();
  }

  /**
   * What the hypernetwork reads of tasks: their embeddings, or ones at their places.
   *
   * @param task a number of a task, or {@code [rows]} of them; in range
   */
  Condition condition(Ops tf, Operand<TInt32> task) {
    if (embeddings != null) {
      return Condition.task(tf, embeddings, task);
    }
    int tasks = spec.tasks().count();
    long[] sizes = task.shape().numDimensions() == 0 ? new long[] {tasks} : new long[] {-1, tasks};
    Operand<TFloat32> oneHot =
        tf.oneHot(task, tf.constant(tasks), tf.constant(1f), tf.constant(0f));
    return Condition.of(tf.reshape(oneHot, tf.constant(sizes)));
  }

  /** The weights of the network of a task, or a row for each of several. */
  Weights weights(Ops tf, Operand<TInt32> task) {
    return Weights.of(hypernetwork.generate(tf, condition(tf, task)));
  }

  /**
   * The scores of a task's classes.
   *
   * @param task a scalar
   * @param images {@code [batch, height, width, 1]}
   * @return {@code [batch, classes]}
   */
  Operand<TFloat32> logits(
      Ops tf, Weights weights, Operand<TInt32> task, Operand<TFloat32> images) {
    Operand<TFloat32> outputs = network.apply(tf, weights, images);
    int classes = spec.tasks().classes();
    if (spec.outputs() == classes) {
      return outputs;
    }
    Operand<TInt32> first = tf.math.mul(task, tf.constant(classes));
    Operand<TFloat32> own =
        tf.slice(
            outputs,
            tf.stack(List.of(tf.constant(0), first)),
            tf.constant(new int[] {-1, classes}));
    return tf.ensureShape(own, Shape.of(-1, classes));
  }

  /**
   * The scores by the networks of several tasks, one network after another, so that there is memory
   * for many.
   *
   * @param tasks {@code [networks]}, in range
   * @param images {@code [batch, height, width, 1]}
   * @return {@code [networks, batch, classes]}
   */
  Operand<TFloat32> logitsOfEach(Ops tf, Operand<TInt32> tasks, Operand<TFloat32> images) {
    int classes = spec.tasks().classes();
    Map<String, Operand<TFloat32>> all = weights(tf, tasks).tensors(tf);
    Operand<TInt32> count = size(tf, tasks);
    Operand<TFloat32> zeros =
        tf.ensureShape(
            tf.fill(
                tf.stack(List.of(count, size(tf, images), tf.constant(classes))), tf.constant(0f)),
            Shape.of(-1, -1, classes));
    Operand<TInt32> places = tf.range(tf.constant(0), count, tf.constant(1));
    try (Loop loop = new Loop(tf, "Networks")) {
      Ops body = loop.body();
      // Python differentiates a loop whose first inputs are its counter and the end of that.
      Output<TInt32> i = loop.variable(tf.constant(0));
      Output<TInt32> end = loop.invariant(count);
      Output<TFloat32> scores = loop.variable(zeros);
      Map<String, Operand<TFloat32>> own = new LinkedHashMap<>();
      for (Map.Entry<String, WeightShape> entry : network.weights().shapes().entrySet()) {
        Operand<TFloat32> weight = loop.invariant(known(all, entry.getKey()));
        Shape shape = entry.getValue().shape();
        boolean shared = weight.shape().numDimensions() == shape.numDimensions();
        own.put(
            entry.getKey(),
            shared
                ? weight
                : body.reshape(
                    body.gather(weight, i, body.constant(0)), body.constant(shape.asArray())));
      }
      Operand<TInt32> task = body.gather(loop.invariant(tasks), i, body.constant(0));
      Operand<TFloat32> logits = logits(body, Weights.of(own), task, loop.invariant(images));
      // Chosen, not scattered: a batch without rows has nothing to scatter into.
      Operand<TBool> here =
          body.reshape(
              body.math.equal(loop.invariant(places), i), body.constant(new int[] {-1, 1, 1}));
      loop.next(scores, body.select(here, body.expandDims(logits, body.constant(0)), scores));
      loop.next(i, body.math.add(i, body.constant(1)));
      return loop.build(
              (ops, at) -> ops.math.less(Loop.number(at.apply(i)), Loop.number(at.apply(end))))
          .of(scores);
    }
  }

  private static Operand<TFloat32> known(Map<String, Operand<TFloat32>> all, String name) {
    Operand<TFloat32> weight = all.get(name);
    if (weight == null) {
      throw new IllegalStateException("no weight " + name);
    }
    return weight;
  }

  private static Operand<TInt32> size(Ops tf, Operand<?> rows) {
    return tf.gather(tf.shape(rows), tf.constant(0), tf.constant(0));
  }

  /** The kernels among the weights of a network, which weight decay applies to. */
  List<Operand<TFloat32>> kernels(Ops tf, Weights weights) {
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    network.weights().kernels().keySet().forEach(name -> kernels.add(weights.get(tf, name)));
    return kernels;
  }
}
