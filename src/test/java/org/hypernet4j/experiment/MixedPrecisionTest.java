// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.image.ImageClassificationTask;
import org.hypernet4j.language.LanguageModelTask;
import org.hypernet4j.language.TextDatasets;
import org.hypernet4j.run.SpecGraphs;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Trainings whose products are bfloat16 beside the same in float32. Every product errs by about 1
 * in 256, and errors of different signs cancel in the loss: over the first fifteen steps, where it
 * falls fastest, it must agree within 2 %, and it must not be the same.
 */
class MixedPrecisionTest {
  private static final double TOLERANCE = 0.02;
  private static final int STEPS = 15;

  private static ExperimentSpec spec(String file, String precision, String... more) {
    List<String> overrides = new ArrayList<>(List.of(more));
    overrides.add("training.precision=" + precision);
    return SpecFiles.read(Path.of("graphs", file), overrides);
  }

  /** The loss of each step. */
  private static <B> List<Double> losses(TrainingTask<B> task, ExperimentSpec spec) {
    List<Double> losses = new ArrayList<>();
    try (TrainingGraph<B> graph =
        new TrainingGraph<>(
            task, 1, SpecOptimizers.optimizer(spec.training()), new SessionOptions(1, true))) {
      Trainer.Settings settings =
          new Trainer.Settings(STEPS, STEPS, SpecOptimizers.schedule(spec.training()), 2);
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStep(TrainingState run, StepResult step) {
              losses.add((double) step.loss());
            }
          };
      new Trainer<>(graph, settings).fit(List.of(listener));
    }
    return losses;
  }

  /** Products in bfloat16, in the graph itself and in the functions that its loops call. */
  private static List<String> narrowProducts(ExperimentSpec spec) {
    GraphDef graph = SpecGraphs.training(ModelFamilies.of(spec), spec);
    Stream<NodeDef> loops =
        graph.getLibrary().getFunctionList().stream().flatMap(f -> f.getNodeDefList().stream());
    return Stream.concat(graph.getNodeList().stream(), loops)
        .filter(node -> node.getOp().equals("MatMul") || node.getOp().startsWith("Conv2D"))
        .filter(node -> node.getAttrOrThrow("T").getType() == DataType.DT_BFLOAT16)
        .map(NodeDef::getName)
        .toList();
  }

  private static void requireAgreement(List<Double> exact, List<Double> narrow) {
    assertThat(exact).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      assertThat(narrow.get(i))
          .as("step " + (i + 1))
          .isCloseTo(exact.get(i), within(TOLERANCE * exact.get(i)));
    }
    assertThat(narrow).isNotEqualTo(exact);
    assertThat(narrow.get(STEPS - 1)).isLessThan(narrow.get(0));
  }

  @Test
  void aConvNetLearnsTheSame() {
    String[] small = {"training.batchSize=50"};
    ExperimentSpec float32 = spec("mnist-hyper.json", "float32", small).forSample();
    ExperimentSpec bfloat16 = spec("mnist-hyper.json", "bfloat16", small).forSample();

    requireAgreement(
        losses(new ImageClassificationTask(float32, Mnist.builtin(100)), float32),
        losses(new ImageClassificationTask(bfloat16, Mnist.builtin(100)), bfloat16));
    assertThat(narrowProducts(float32)).isEmpty();
    // three layers forwards, and two derivatives of each
    assertThat(narrowProducts(bfloat16))
        .hasSize(9)
        .noneMatch(name -> name.startsWith("inference/"));
  }

  @Test
  void aHyperLstmInItsLoopLearnsTheSame() {
    String[] small = {
      "model.cell.units=32",
      "model.cell.hyperUnits=32",
      "training.batchSize=16",
      "data.sequenceLength=20"
    };
    ExperimentSpec float32 = spec("shakespeare-hyperlstm.json", "float32", small).forSample();
    ExperimentSpec bfloat16 = spec("shakespeare-hyperlstm.json", "bfloat16", small).forSample();
    TextSplits data = TextDatasets.load(float32.data(), null);

    requireAgreement(
        losses(new LanguageModelTask(float32, data), float32),
        losses(new LanguageModelTask(bfloat16, data), bfloat16));
    assertThat(narrowProducts(float32)).isEmpty();
    assertThat(narrowProducts(bfloat16)).isNotEmpty().noneMatch(n -> n.startsWith("inference/"));
  }
}
