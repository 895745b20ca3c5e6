// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Network;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.GradientDescent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.framework.losses.MeanSquaredError;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class LearnerTest {
  private static final float[] X = {-1, 0, 1, 2};

  @TempDir Path folder;

  /** y = 3 x - 1 at four places: gradient descent on all of them at once has a closed form. */
  private static Examples line() {
    float[] y = new float[X.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = 3 * X[i] - 1;
    }
    return Examples.of(NpyArray.of(X, 4, 1), NpyArray.of(y, 4, 1));
  }

  private static Network slope(ParameterScope scope) {
    Operand<TFloat32> w = scope.value("w", Shape.of(1, 1), Initializers.zeros(), Role.KERNEL);
    return (tf, x, step) -> tf.linalg.matMul(x, w);
  }

  private static Learner.Settings settings() {
    return Learner.Settings.defaults()
        .withBatchSize(4)
        .withLearningRate(0.1)
        .withEvaluateEvery(2)
        .withOptimizer((store, rate) -> new GradientDescent(store, rate, GradientClip.none()))
        .withSession(new SessionOptions(1, true));
  }

  private Learner open(Examples examples, Learner.Settings settings) {
    return open(new Examples.Split(examples, examples), settings);
  }

  private Learner open(Examples.Split data, Learner.Settings settings) {
    return new Learner(
        LearnerTest::slope, new MeanSquaredError()::call, data, settings, folder.resolve("run"));
  }

  /** The derivative of the mean of (w x - y)^2 is 2 mean(x (w x - y)), here 3 w - 8. */
  private static double weight(int steps) {
    double w = 0;
    for (int i = 0; i < steps; i++) {
      w -= 0.1 * (3 * w - 8);
    }
    return w;
  }

  private static float weight(Learner learner) {
    return Objects.requireNonNull(learner.values().get("w"))[0];
  }

  @Test
  void descendsAsTheFormulaAndGoesOnInTheFolder() {
    try (Learner learner = open(line(), settings())) {
      TrainingResult result = learner.fit(3);
      assertThat(result.stepsNow()).isEqualTo(3);
      assertThat(weight(learner)).isCloseTo((float) weight(3), within(1e-5f));
      assertThat(learner.fit(5).stepsNow()).isEqualTo(2);
    }
    try (Learner learner = open(line(), settings())) {
      // what is in the folder is there before anything is trained
      assertThat(weight(learner)).isCloseTo((float) weight(5), within(1e-5f));
      TrainingResult result = learner.fit(7);
      assertThat(result.step()).isEqualTo(7);
      assertThat(result.stepsNow()).isEqualTo(2);
      float w = weight(learner);
      assertThat(w).isCloseTo((float) weight(7), within(1e-5f));
      assertThat(learner.predict(NpyArray.of(new float[] {2, 4}, 2, 1)).floats())
          .containsExactly(2 * w, 4 * w);
      // mean (w x - 3 x + 1)^2 over the four places, with mean x^2 = 3/2 and mean x = 1/2
      double d = weight(7) - 3;
      assertThat(Objects.requireNonNull(result.best()).value())
          .isCloseTo(1.5 * d * d + d + 1, within(1e-5));
      assertThat(learner.useBest()).isEqualTo(7);
    }
    assertThat(folder.resolve("run/metrics.jsonl")).isRegularFile();
    assertThat(folder.resolve("run/checkpoints/best.ckpt")).isRegularFile();
  }

  @Test
  void aFolderBelongsToOneTraining() {
    try (Learner learner = open(line(), settings())) {
      assertThatThrownBy(learner::useBest)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("there is no best checkpoint");
      learner.fit(2);
    }
    assertThatThrownBy(() -> open(line(), settings().withSeed(2)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "those of another training: its seed differs; expected 2, received 1");
    assertThatThrownBy(() -> open(line().slice(0, 3), settings().withBatchSize(3)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("those of another training: its data differs");
    // the best parameters are chosen by the validation examples
    assertThatThrownBy(() -> open(new Examples.Split(line(), line().slice(0, 3)), settings()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("those of another training: its data differs");
  }

  /** Builds that did not compare the validation examples wrote a fingerprint without them. */
  @Test
  void aFolderOfABuildWithoutTheValidationExamplesGoesOn() {
    try (Learner learner = open(line(), settings())) {
      learner.fit(2);
    }
    CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("run/checkpoints"), 3);
    Checkpoint now = checkpoints.latest().orElseThrow();
    String earlier = "sha256 " + line().fingerprint() + ", batches of 4, seed 1";
    assertThat(now.dataFingerprint())
        .isEqualTo(earlier + ", validation sha256 " + line().fingerprint());
    checkpoints.save(
        new Checkpoint(
            now.step(),
            now.seed(),
            now.specification(),
            earlier,
            now.values(),
            now.roles(),
            now.state()));
    assertThat(checkpoints.latest().orElseThrow().dataFingerprint()).isEqualTo(earlier);
    try (Learner learner = open(line(), settings())) {
      assertThat(learner.fit(3).stepsNow()).isEqualTo(1);
    }
  }

  @Test
  void aModelThatPredictsAnotherShapeIsRefused() {
    Examples.Split data = new Examples.Split(line(), line());
    assertThatThrownBy(
            () ->
                new Learner(
                    scope -> {
                      Network line = slope(scope);
                      // [batch]: TensorFlow would make [batch, batch] of it and [batch, 1]
                      return (tf, x, step) -> tf.squeeze(line.apply(tf, x, step));
                    },
                    new MeanSquaredError()::call,
                    data,
                    settings(),
                    folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the model: its prediction");
    assertThatThrownBy(
            () ->
                new Learner(
                    LearnerTest::slope,
                    (tf, y, p) -> tf.math.squaredDifference(y, p),
                    data,
                    settings(),
                    folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the loss: it");
    try (Learner learner = open(line(), settings())) {
      assertThatThrownBy(() -> learner.predict(NpyArray.of(new float[2], 1, 2)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("input 'inference/input'");
    }
  }

  private static Network slopeAndOffset(ParameterScope scope) {
    Operand<TFloat32> w = scope.value("w", Shape.of(1, 1), Initializers.zeros(), Role.KERNEL);
    Operand<TFloat32> b = scope.value("b", Shape.of(1), Initializers.constant(0.5f), Role.BIAS);
    return (tf, x, step) -> tf.math.add(tf.linalg.matMul(x, w), b);
  }

  /** With b held at 0.5 the derivative by w is 2 mean(x (w x + 0.5 - y)) = 3 w + 0.5 - 8. */
  @Test
  void leavesAloneWhatIsFrozen() {
    Learner.Settings settings = settings().withFreeze(List.of("b")).withSeed(3);
    try (Learner learner =
        new Learner(
            LearnerTest::slopeAndOffset,
            new MeanSquaredError()::call,
            new Examples.Split(line(), line()),
            settings,
            folder.resolve("frozen"))) {
      learner.fit(3);
      double w = 0;
      for (int i = 0; i < 3; i++) {
        w -= 0.1 * (3 * w + 0.5 - 8);
      }
      assertThat((double) weight(learner)).isCloseTo(w, within(1e-5));
      assertThat(learner.values().get("b")).containsExactly(0.5f);
    }
    assertThatThrownBy(() -> open(line(), settings().withFreeze(List.of("v"))).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 'v'. Did you mean 'w'?");
  }
}
