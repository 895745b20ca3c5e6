// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * The rule that turns gradients into new parameters.
 *
 * <p>TensorFlow computes with float32: each range ends where the nearest float32 would be a number
 * that the optimizer cannot use. 0.99999998 would become 1, 1e-50 would become 0.
 */
@Doc("The rule that turns gradients into new parameters")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface OptimizerSpec
    permits OptimizerSpec.Sgd, OptimizerSpec.Momentum, OptimizerSpec.Adam, OptimizerSpec.RmsProp {

  /** The learning rate at every step. */
  ScheduleSpec learningRate();

  /** Plain stochastic gradient descent. */
  @Doc("Stochastic gradient descent")
  @TypeName("sgd")
  record Sgd(@Doc("Learning rate") ScheduleSpec learningRate) implements OptimizerSpec {}

  /** Gradient descent with momentum, in Nesterov's form if asked for. */
  @Doc("Stochastic gradient descent with momentum")
  @TypeName("momentum")
  record Momentum(
      @Doc("Learning rate") ScheduleSpec learningRate,
      @Doc("Share of the last update that is kept") @Default("0.9") @Range(min = 0, max = 0.9999999)
          double momentum,
      @Doc("Whether the gradient is taken in Nesterov's form") @Default("false") boolean nesterov)
      implements OptimizerSpec {}

  /** Adam (Kingma and Ba 2015). */
  @Doc("Adam (Kingma and Ba 2015)")
  @TypeName("adam")
  record Adam(
      @Doc("Learning rate") ScheduleSpec learningRate,
      @Doc("Decay of the mean of gradients") @Default("0.9") @Range(min = 0, max = 0.9999999)
          double beta1,
      @Doc("Decay of the mean of squared gradients")
          @Default("0.999")
          @Range(min = 0, max = 0.9999999)
          double beta2,
      @Doc("Added to the root of the mean square") @Default("1e-8") @Range(min = 1e-30, max = 1)
          double epsilon,
      @Doc(
              "Steps after which Adam forgets its means and begins anew, as at the start of every"
                  + " task of a sequence; without it, never")
          @Default(Default.NONE)
          @Range(min = 1, max = 16_777_216)
          @Nullable Integer restartEvery)
      implements OptimizerSpec {
    /** Adam without restarts. */
    public Adam(ScheduleSpec learningRate, double beta1, double beta2, double epsilon) {
      this(learningRate, beta1, beta2, epsilon, null);
    }
  }

  /** RMSProp (Tieleman and Hinton 2012). */
  @Doc("RMSProp (Tieleman and Hinton 2012)")
  @TypeName("rmsprop")
  record RmsProp(
      @Doc("Learning rate") ScheduleSpec learningRate,
      @Doc("Decay of the mean of squared gradients")
          @Default("0.9")
          @Range(min = 0, max = 0.9999999)
          double decay,
      @Doc("Share of the last update that is kept") @Default("0") @Range(min = 0, max = 0.9999999)
          double momentum,
      @Doc("Added to the mean square under the root") @Default("1e-7") @Range(min = 1e-30, max = 1)
          double epsilon)
      implements OptimizerSpec {}
}
