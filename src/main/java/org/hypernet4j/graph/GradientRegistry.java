package org.hypernet4j.graph;

import static org.tensorflow.internal.c_api.global.tensorflow.TFJ_HasGradient;
import static org.tensorflow.internal.c_api.global.tensorflow.TFJ_RegisterCustomGradient;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TFJ_GradFuncAdapter;
import org.tensorflow.op.RawCustomGradient;

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
    DISPATCHER =
        RawCustomGradient.adapter(
            (tf, op, gradients) -> {
              RawCustomGradient gradient = GRADIENTS.get(op.type());
              if (gradient == null) {
                throw new IllegalStateException("No gradient registered for " + op.type());
              }
              return gradient.call(tf, op, gradients);
            });
    register("SparseSoftmaxCrossEntropyWithLogits", MissingGradients::sparseSoftmaxCrossEntropy);
    register("ResourceGather", MissingGradients::resourceGather);
    register("IdentityN", MissingGradients::identityN);
  }

  private GradientRegistry() {}

  /**
   * Adds a gradient for an op type.
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

  /** Whether ops of that type can be differentiated. */
  public static boolean hasGradient(String opType) {
    return GRADIENTS.containsKey(opType) || TFJ_HasGradient(opType);
  }
}
