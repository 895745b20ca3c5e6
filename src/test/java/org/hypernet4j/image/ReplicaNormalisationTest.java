// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.junit.jupiter.api.Test;

/**
 * Batch normalisation on two replicas. Each normalises its share by the share's own statistics, so
 * that one step of theirs is the mean of two trainings that see one half of the batch each:
 * gradient descent is linear in the gradient, and so are the moving statistics in those of the
 * batch.
 */
class ReplicaNormalisationTest {
  private static final int BATCH = 16;
  private static final SessionOptions ONE = new SessionOptions(1, true);
  private static final SessionOptions TWO =
      new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));

  private static final ExperimentSpec SPEC =
      SpecFiles.read(
              Path.of("graphs", "cifar10-wrn-10-1-hyper.json"),
              List.of(
                  "training.batchSize=" + BATCH,
                  "training.optimizer={\"type\":\"momentum\",\"learningRate\":0.1}"))
          .forSample();

  @Test
  void aStepOfTwoReplicasIsTheMeanOfTheStepsOfTheHalves() {
    Trained both = Trained.by(SPEC, TWO, 1);
    Trained first = Trained.by(new Half(SPEC, 0), SPEC, ONE, 1);
    Trained second = Trained.by(new Half(SPEC, 1), SPEC, ONE, 1);

    assertThat(both.steps().get(0).loss())
        .isCloseTo((first.steps().get(0).loss() + second.steps().get(0).loss()) / 2, within(1e-5f));
    assertThat(both.values().keySet())
        .isEqualTo(first.values().keySet())
        .anyMatch(name -> name.endsWith("moving_mean"))
        .anyMatch(name -> name.endsWith("moving_variance"));
    both.values()
        .forEach(
            (name, values) -> {
              float[] one = Objects.requireNonNull(first.values().get(name));
              float[] other = Objects.requireNonNull(second.values().get(name));
              float[] mean = new float[values.length];
              for (int i = 0; i < mean.length; i++) {
                mean[i] = (one[i] + other[i]) / 2;
              }
              assertThat(values).as(name).containsExactly(mean, within(1e-4f));
            });
    // and what the halves give is not the same
    assertThat(first.values().get("conv1/bn/moving_mean"))
        .isNotEqualTo(second.values().get("conv1/bn/moving_mean"));
  }

  /** The training of one half of every batch. */
  private static final class Half implements TrainingTask<ImageBatch> {
    private final ImageClassificationTask whole;
    private final int half;

    Half(ExperimentSpec spec, int half) {
      this.whole = new ImageClassificationTask(spec, ImageDatasets.load(spec.data(), null));
      this.half = half;
    }

    @Override
    public BuiltTask<ImageBatch> build(ParameterStore store, StepInputs inputs) {
      return whole.build(store, inputs);
    }

    @Override
    public long stepsPerEpoch() {
      return whole.stepsPerEpoch();
    }

    @Override
    public ImageBatch batch(long step) {
      ImageBatch all = whole.batch(step);
      int count = all.count() / 2;
      int pixels = all.pixels().length / 2;
      return new ImageBatch(
          Arrays.copyOfRange(all.pixels(), half * pixels, (half + 1) * pixels),
          Arrays.copyOfRange(all.labels(), half * count, (half + 1) * count));
    }

    @Override
    public int examples(ImageBatch batch) {
      return whole.examples(batch);
    }
  }
}
