// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import org.hypernet4j.graph.Precision;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.GradientDescent;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.optim.Momentum;
import org.hypernet4j.optim.RmsProp;
import org.hypernet4j.spec.ClipSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.PrecisionSpec;
import org.hypernet4j.spec.ScheduleSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepOptions;
import org.hypernet4j.train.TrainingGraph;

/** Optimizers, clipping and schedules by the names that specification files use. */
public final class SpecOptimizers {
  private SpecOptimizers() {}

  /** The options with which a training runs its steps in a session. */
  public static StepOptions steps(ExperimentSpec spec, SessionOptions session) {
    TrainingSpec training = spec.training();
    boolean compiled =
        switch (training.xla()) {
          case STEP -> true;
          case AUTO ->
              session.gpu()
                  && session.replicas().isEmpty()
                  && spec.model().gainsFromCompilation()
                  && spec.model().hasStepsOfOneSize();
          case CELL, OFF -> false;
        };
    return new StepOptions(training.stepsPerRun(), compiled);
  }

  /** The precision of a training's matrix products. */
  public static Precision precision(TrainingSpec training) {
    return training.precision() == PrecisionSpec.BFLOAT16 ? Precision.BFLOAT16 : Precision.FLOAT32;
  }

  public static TrainingGraph.OptimizerFactory optimizer(TrainingSpec training) {
    GradientClip clip = clip(training.gradientClip());
    OptimizerSpec spec = training.optimizer();
    return (store, rate) -> {
      if (spec instanceof OptimizerSpec.Adam adam) {
        Integer restartEvery = adam.restartEvery();
        return new Adam(
            store,
            rate,
            clip,
            (float) adam.beta1(),
            (float) adam.beta2(),
            (float) adam.epsilon(),
            restartEvery == null ? 0 : restartEvery);
      } else if (spec instanceof OptimizerSpec.Momentum momentum) {
        return new Momentum(store, rate, clip, (float) momentum.momentum(), momentum.nesterov());
      } else if (spec instanceof OptimizerSpec.RmsProp rmsprop) {
        return new RmsProp(
            store,
            rate,
            clip,
            (float) rmsprop.decay(),
            (float) rmsprop.momentum(),
            (float) rmsprop.epsilon());
      } else if (spec instanceof OptimizerSpec.Sgd) {
        return new GradientDescent(store, rate, clip);
      }
      throw new IllegalArgumentException("Unknown optimizer " + spec);
    };
  }

  public static LearningRateSchedule schedule(TrainingSpec training) {
    ScheduleSpec spec = training.optimizer().learningRate();
    if (spec instanceof ScheduleSpec.Constant constant) {
      return LearningRateSchedule.constant(constant.value());
    } else if (spec instanceof ScheduleSpec.Exponential e) {
      return LearningRateSchedule.exponential(e.initial(), e.decay(), e.floor());
    } else if (spec instanceof ScheduleSpec.Piecewise p) {
      return LearningRateSchedule.piecewise(
          p.boundaries().stream().map(Integer::longValue).toList(), p.values());
    } else if (spec instanceof ScheduleSpec.Cosine c) {
      return LearningRateSchedule.cosine(c.peak(), c.warmupSteps(), c.totalSteps(), c.floor());
    }
    throw new IllegalArgumentException("Unknown schedule " + spec);
  }

  private static GradientClip clip(ClipSpec spec) {
    if (spec instanceof ClipSpec.GlobalNorm norm) {
      return GradientClip.globalNorm((float) norm.value());
    } else if (spec instanceof ClipSpec.Value value) {
      return GradientClip.value((float) value.value());
    }
    return GradientClip.none();
  }
}
