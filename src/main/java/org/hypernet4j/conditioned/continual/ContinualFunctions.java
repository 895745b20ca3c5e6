// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.ContinualModelSpec;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unique;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * What the networks of all tasks compute. Images are those of the tasks: padded, permuted or turned
 * already, as the model does not know how.
 */
final class ContinualFunctions {
  /** {@code image [B, H, W, 1] -> task [B], entropies [B, T], class [B]}. */
  static final String INFER = "infer_task";

  /** {@code image, task (a scalar) -> logits [B, classes]}. */
  static final String ONE = "one_task";

  /** {@code image -> logits [B, T, classes]}. */
  static final String ALL = "all_tasks";

  /** {@code task (a scalar) -> } the weights of its network. */
  static final String WEIGHTS = "weights";

  static final String IMAGE = "image";
  static final String TASK = "task";
  static final String LOGITS = "logits";
  static final String ENTROPIES = "entropies";
  static final String CLASS = "class";
  static final String PROBABILITIES = "probabilities";

  private final ContinualModel model;
  private final int tasks;
  private final Shape images;

  private ContinualFunctions(ContinualModel model, ContinualModelSpec spec) {
    this.model = model;
    this.tasks = spec.tasks().count();
    int side = spec.tasks().imageSize();
    this.images = Shape.of(-1, side, side, 1);
  }

  /** Adds the functions to the graph of a model. */
  static Functions of(ParameterScope root, ContinualModel model, ContinualModelSpec spec) {
    ContinualFunctions functions = new ContinualFunctions(model, spec);
    Ops tf = root.child("inference").tf();
    ServingSignature given = functions.given(tf.withSubScope("given"));
    Ops inferring = tf.withSubScope("infer");
    Operand<TFloat32> image = functions.image(inferring);
    Operand<TInt32> every =
        inferring.range(
            inferring.constant(0), inferring.constant(functions.tasks), inferring.constant(1));
    Operand<TFloat32> all = model.logitsOfEach(inferring, every, image);
    Ops one = tf.withSubScope("one");
    return new Functions(
        List.of(given, infer(inferring, image, all)),
        List.of(
            functions.one(one),
            new ServingSignature(
                ALL,
                Map.of(IMAGE, image),
                Map.of(
                    LOGITS,
                    inferring.linalg.transpose(all, inferring.constant(new int[] {1, 0, 2})))),
            functions.weights(tf.withSubScope("weights"))));
  }

  private Operand<TFloat32> image(Ops tf) {
    return tf.withName(IMAGE).placeholder(TFloat32.class, Placeholder.shape(images));
  }

  private static Operand<TInt32> task(Ops tf, Shape shape) {
    return tf.withName(TASK).placeholder(TInt32.class, Placeholder.shape(shape));
  }

  /** Each row by the network of its task; only the networks that occur are made. */
  private ServingSignature given(Ops tf) {
    Operand<TFloat32> image = image(tf);
    Operand<TInt32> task = task(tf, Shape.of(-1));
    Operand<TBool> known =
        tf.math.logicalAnd(
            tf.math.greaterEqual(task, tf.constant(0)), tf.math.less(task, tf.constant(tasks)));
    Unique<TInt32, TInt32> occurring =
        tf.unique(tf.select(known, task, tf.zerosLike(task)), tf.constant(new int[] {0}));
    Operand<TFloat32> each = model.logitsOfEach(tf, occurring.y(), image);
    Operand<TFloat32> own = ofRows(tf, each, occurring.idx());
    Operand<TFloat32> logits =
        tf.select(
            tf.expandDims(known, tf.constant(1)),
            own,
            tf.math.add(tf.zerosLike(own), tf.constant(Float.NaN)));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, logits);
    outputs.put(PROBABILITIES, tf.nn.softmax(logits));
    outputs.put(CLASS, best(tf, logits));
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY, Map.of(IMAGE, image, TASK, task), outputs);
  }

  /** Every row by the networks of all tasks: the surest of them is that of its task. */
  private static ServingSignature infer(Ops tf, Operand<TFloat32> image, Operand<TFloat32> all) {
    Operand<TFloat32> entropies =
        tf.linalg.transpose(entropies(tf, all), tf.constant(new int[] {1, 0}));
    Operand<TInt32> surest = tf.math.argMin(entropies, tf.constant(1), TInt32.class);
    Operand<TBool> known = finite(tf, entropies);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(TASK, tf.select(known, surest, tf.constant(-1)));
    outputs.put(ENTROPIES, entropies);
    Operand<TInt64> best = best(tf, ofRows(tf, all, surest));
    outputs.put(CLASS, tf.select(known, best, tf.constant(-1L)));
    return new ServingSignature(INFER, Map.of(IMAGE, image), outputs);
  }

  /**
   * Entropies in nats, from logarithms: {@code p log p} of a probability of 0 would be NaN.
   *
   * @param logits {@code [tasks, batch, classes]}
   * @return {@code [tasks, batch]}
   */
  static Operand<TFloat32> entropies(Ops tf, Operand<TFloat32> logits) {
    Operand<TFloat32> log = tf.nn.logSoftmax(logits);
    Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(tf.math.exp(log), log), tf.constant(2));
    return tf.math.neg(sum);
  }

  /** The class of the largest score; -1 for a row with NaN. */
  private static Operand<TInt64> best(Ops tf, Operand<TFloat32> logits) {
    return tf.select(finite(tf, logits), tf.math.argMax(logits, tf.constant(1)), tf.constant(-1L));
  }

  /** Whether a row has no NaN, {@code [batch, n] -> [batch]}. */
  private static Operand<TBool> finite(Ops tf, Operand<TFloat32> rows) {
    return tf.math.logicalNot(tf.reduceAny(tf.math.isNan(rows), tf.constant(1)));
  }

  /**
   * The entries of each row by the network that is its own.
   *
   * @param each {@code [networks, batch, n]}
   * @param network {@code [batch]}
   * @return {@code [batch, n]}
   */
  private static Operand<TFloat32> ofRows(Ops tf, Operand<TFloat32> each, Operand<TInt32> network) {
    Operand<TInt32> batch = tf.gather(tf.shape(network), tf.constant(0), tf.constant(0));
    Operand<TInt32> rows = tf.range(tf.constant(0), batch, tf.constant(1));
    return tf.gatherNd(each, tf.stack(List.of(network, rows), Stack.axis(1L)));
  }

  private ServingSignature one(Ops tf) {
    Operand<TFloat32> image = image(tf);
    Operand<TInt32> task = task(tf, Shape.scalar());
    Operand<TFloat32> logits = model.logits(tf, model.weights(tf, task), task, image);
    return new ServingSignature(ONE, Map.of(IMAGE, image, TASK, task), Map.of(LOGITS, logits));
  }

  private ServingSignature weights(Ops tf) {
    Operand<TInt32> task = task(tf, Shape.scalar());
    Map<String, Operand<?>> made = new LinkedHashMap<>();
    model
        .weights(tf, task)
        .tensors(tf)
        .forEach((name, weight) -> made.put(alias(name), identity(tf, weight)));
    return new ServingSignature(WEIGHTS, Map.of(TASK, task), made);
  }

  private static <T extends TType> Operand<T> identity(Ops tf, Operand<T> tensor) {
    return tf.identity(tensor);
  }

  /** The name of a weight among the outputs of a function. */
  static String alias(String name) {
    return name.replace('/', '_');
  }
}
