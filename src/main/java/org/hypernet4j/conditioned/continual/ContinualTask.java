// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.MemberBuilt;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.tensorflow.Session;

/** Training on one task after another; an epoch is a task. */
final class ContinualTask implements TrainingTask<ContinualBatch> {
  /** The criterion of evaluations: the last is always the best. */
  static final String TASKS_LEFT = "tasksLeft";

  private final ExperimentSpec spec;
  private final ImageTasks tasks;
  private final TaskStream stream;

  ContinualTask(ExperimentSpec spec, ImageTasks tasks) {
    this.spec = spec;
    this.tasks = tasks;
    this.stream = new TaskStream(spec, tasks);
  }

  /** The metric of a task: {@code accuracyTask0}. */
  static String accuracy(int task) {
    return "accuracyTask" + task;
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(new ContinualStep(spec, store, inputs));
  }

  @Override
  public long stepsPerEpoch() {
    return ContinualLearning.spec(spec.model()).stepsPerTask();
  }

  @Override
  public ContinualBatch batch(long step) {
    return stream.batch(step);
  }

  @Override
  public int examples(ContinualBatch batch) {
    return batch.images().count();
  }

  /** The task in a graph. */
  final class Built implements MemberBuilt<ContinualBatch> {
    private final ContinualStep built;

    Built(ContinualStep built) {
      this.built = built;
    }

    @Override
    public TrainingOps ops() {
      return built.ops();
    }

    @Override
    public Functions functions() {
      return built.functions();
    }

    @Override
    public void feed(ContinualBatch batch, long step, Feeds feeds) {
      built.feed(batch, feeds);
    }

    /** The accuracies of all tasks that have begun, on their validation images. */
    @Override
    public Evaluation evaluate(Session session, long step) {
      TaskEvaluator evaluator =
          new TaskEvaluator(
              (key, inputs) -> functions().call(session, key, inputs),
              spec.training().evaluateBatchSize());
      int begun = stream.begun(step);
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put(TASKS_LEFT, stream.left(step));
      double sum = 0;
      for (int t = 0; t < begun; t++) {
        double accuracy = evaluator.accuracy(tasks.get(t).validation(), t);
        metrics.put(accuracy(t), accuracy);
        sum += accuracy;
      }
      metrics.put("accuracy", sum / begun);
      return new Evaluation(step, metrics, TASKS_LEFT);
    }
  }
}
