// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.data.TaskBatches;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ContinualModelSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.spec.XlaSpec;

/** The batches of all tasks one after another, as a function of the step. */
final class TaskStream {
  private final ContinualModelSpec spec;
  private final List<TaskBatches> batches = new ArrayList<>();
  private final StatelessRandom draws;

  /**
   * Sets up the batches.
   *
   * @throws UserError if a task has fewer images than a batch, or the training does not fit the
   *     tasks
   */
  TaskStream(ExperimentSpec experiment, ImageTasks tasks) {
    this.spec = ContinualLearning.spec(experiment.model());
    requireFits(spec, experiment.training());
    StatelessRandom seed = StatelessRandom.of(experiment.training().seed());
    draws = seed.fold("earlier tasks");
    for (int t = 0; t < tasks.count(); t++) {
      batches.add(
          new TaskBatches(
              tasks.get(t).train(),
              experiment.training().batchSize(),
              seed.fold("task").fold(t).key()));
    }
  }

  /** Length, optimizer and compilation that the tasks allow. */
  private static void requireFits(ContinualModelSpec spec, TrainingSpec training) {
    long steps = training.totalSteps(spec.stepsPerTask());
    if (steps > spec.totalSteps()) {
      throw UserError.in(training.epochs() == null ? "training.steps" : "training.epochs")
          .what("the training is longer than its tasks")
          .expected(
              "at most %d steps, %d for each of %d tasks"
                  .formatted(spec.totalSteps(), spec.stepsPerTask(), spec.tasks().count()))
          .received(steps + " steps")
          .next("set 'training.epochs' to the number of tasks, which are the epochs here")
          .build();
    }
    requireForgetful(spec, training.optimizer());
    if (training.xla() == XlaSpec.STEP) {
      throw UserError.in("training.xla")
          .what("a step has another size in every task, which XLA cannot compile")
          .expected("off")
          .received("step")
          .build();
    }
  }

  /** What an optimizer remembers of one task would move the embeddings of earlier ones. */
  private static void requireForgetful(ContinualModelSpec spec, OptimizerSpec optimizer) {
    String expected = "adam with restartEvery " + spec.stepsPerTask() + ", or sgd";
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      Integer every = adam.restartEvery();
      if (every == null || every != spec.stepsPerTask()) {
        throw UserError.in("training.optimizer.restartEvery")
            .what("every task begins with an optimizer that remembers nothing")
            .expected(spec.stepsPerTask() + ", as model.stepsPerTask")
            .received(every == null ? "none" : every)
            .build();
      }
    } else if (!(optimizer instanceof OptimizerSpec.Sgd)) {
      throw UserError.in("training.optimizer")
          .what("every task begins with an optimizer that remembers nothing")
          .expected(expected)
          .received(optimizer instanceof OptimizerSpec.Momentum ? "momentum" : "rmsprop")
          .build();
    }
  }

  /** The task of a step, counted from 0; the last one for steps behind the end. */
  int task(long step) {
    return (int) Math.min(spec.tasks().count() - 1L, step / spec.stepsPerTask());
  }

  /** How many tasks have begun when some steps are done; 1 or more. */
  int begun(long steps) {
    return task(Math.max(0, steps - 1)) + 1;
  }

  /** The share of the tasks' steps that is still to come, in tasks. */
  double left(long steps) {
    return (double) (spec.totalSteps() - steps) / spec.stepsPerTask();
  }

  ContinualBatch batch(long step) {
    int task = task(step);
    long stepOfTask = step - (long) task * spec.stepsPerTask();
    return new ContinualBatch(
        batches.get(task).batch(stepOfTask), task, (int) stepOfTask, earlier(task, step));
  }

  /** All earlier tasks in their order, or some of them drawn at random. */
  private int[] earlier(int task, long step) {
    int[] chosen = new int[spec.mostOldTasks()];
    int count = Math.min(task, chosen.length);
    int[] order = task > count ? draws.fold(step).permutation(task) : new int[0];
    for (int i = 0; i < count; i++) {
      chosen[i] = task > count ? order[i] : i;
    }
    return chosen;
  }
}
