// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import static org.tensorflow.internal.c_api.global.tensorflow.TFJ_HasGradient;
import static org.tensorflow.internal.c_api.global.tensorflow.TFJ_RegisterCustomGradient;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.hypernet4j.error.UserError;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TFJ_GradFuncAdapter;
import org.tensorflow.op.Ops;
import org.tensorflow.op.RawCustomGradient;
import org.tensorflow.proto.DataType;

/**
 * Gradients that TensorFlow's C++ registry lacks, for the whole process.
 *
 * <p>All of them go through one native callback that dispatches on the op type: JavaCPP has ten
 * callback slots, and the eleventh gradient that is registered one by one crashes the JVM when it
 * is used. Not available on Windows, where TensorFlow Java cannot register gradients.
 */
public final class GradientRegistry {
  private static final Map<String, RawCustomGradient> GRADIENTS = new ConcurrentHashMap<>();

  /** Held for the life of the process: native code keeps a pointer to it. */
  private static final TFJ_GradFuncAdapter DISPATCHER;

  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("win");

  static {
    TensorFlow.version(); // loads the native library, without which no symbol resolves
    DISPATCHER = RawCustomGradient.adapter(GradientRegistry::dispatch);
    register("SparseSoftmaxCrossEntropyWithLogits", MissingGradients::sparseSoftmaxCrossEntropy);
    register("ResourceGather", MissingGradients::resourceGather);
    register("IdentityN", MissingGradients::identityN);
    // a check of a shape, SharedSizes: what passes through it is unchanged
    register("EnsureShape", MissingGradients::identityN);
    // Labels that are the model's own choice: the zeros of the gathers above flow on into these.
    register("ArgMax", (tf, op, gradients) -> MissingGradients.zeros(tf, op));
    register("ArgMin", (tf, op, gradients) -> MissingGradients.zeros(tf, op));
  }

  private GradientRegistry() {}

  /**
   * Adds a gradient for an op type.
   *
   * <p>The graph is locked while the gradient is built. The gradient must read the op's inputs one
   * by one, with {@code op.input(i)}: {@code op.inputs()} looks ops up by name, which needs the
   * lock and never returns. This holds for every call that looks up an op in the graph. Returned
   * tensors must be in the op's own graph and have the types of the op's inputs; an exception is
   * reported as a {@link UserError} to the caller that asked for gradients.
   *
   * @param opType for example {@code ResourceGather}
   * @param gradient returns one operand for each input; zeros, never null, where there is none
   * @return false if TensorFlow or an earlier call has a gradient for it already, which then stays
   */
  public static synchronized boolean register(String opType, RawCustomGradient gradient) {
    if (WINDOWS || hasGradient(opType)) {
      return false;
    }
    GRADIENTS.put(opType, gradient);
    if (!TFJ_RegisterCustomGradient(opType, DISPATCHER)) {
      GRADIENTS.remove(opType);
      return false;
    }
    return true;
  }

  /** Whether ops of this type have a gradient. */
  public static boolean hasGradient(String opType) {
    return GRADIENTS.containsKey(opType) || TFJ_HasGradient(opType);
  }

  /**
   * Called by native code. Nothing thrown may leave here, an error as little as an exception: it
   * would unwind frames that hold locks of the graph. It is kept until {@link #throwFailure}, and
   * zeros stand in for the gradients.
   */
  private static List<Operand<?>> dispatch(Ops tf, GraphOperation op, List<Output<?>> gradients) {
    try {
      RawCustomGradient gradient = GRADIENTS.get(op.type());
      if (gradient == null) {
        throw new IllegalStateException("no gradient is registered for this type");
      }
      List<Operand<?>> known = CustomGradients.gradient(tf, op, gradients);
      if (known != null) {
        requireFit(op, known);
        return known;
      }
      List<Output<?>> complete = new ArrayList<>();
      for (int i = 0; i < gradients.size(); i++) {
        // Nothing depends on this output: native code passes a null pointer.
        complete.add(
            gradients.get(i).isClosed() ? tf.zerosLike(op.output(i)).asOutput() : gradients.get(i));
      }
      List<Operand<?>> result = gradient.call(tf, op, complete);
      requireFit(op, result);
      return result;
    } catch (Throwable e) {
      GraphState.of(op).fail(new GraphState.Failure("'" + op.name() + "' (" + op.type() + ")", e));
      return MissingGradients.zeros(tf, op);
    }
  }

  /** Checks what native code does not: a wrong number, graph or type would crash it. */
  private static void requireFit(GraphOperation op, List<Operand<?>> result) {
    if (result.size() != op.numInputs() || result.stream().anyMatch(Objects::isNull)) {
      throw new IllegalStateException(
          "it must return one operand for each of " + op.numInputs() + " inputs");
    }
    for (int i = 0; i < result.size(); i++) {
      Output<?> gradient = result.get(i).asOutput();
      if (gradient.op().env() != op.env()) {
        throw new IllegalStateException(
            "what it returned for input " + i + " is not in the graph of the op");
      }
      DataType wanted = op.input(i).dataType();
      // the gradient of a variable's handle is that of its value
      if (wanted != DataType.DT_RESOURCE && gradient.dataType() != wanted) {
        throw new IllegalStateException(
            "what it returned for input "
                + i
                + " is of type "
                + gradient.dataType()
                + ", the input is of type "
                + wanted);
      }
    }
  }

  /** Reports an exception that a gradient of this graph threw while native code called it. */
  public static void throwFailure(String where, Graph graph) {
    GraphState.Failure failure = GraphState.takeFailure(graph);
    if (failure != null) {
      throw UserError.in(where)
          .what("the registered gradient of " + failure.op() + " failed: " + failure.cause())
          .cause(failure.cause())
          .build();
    }
  }
}
