// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.measure.Ranks;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.PruningSpec;

/**
 * Whether generated weights rank widths as real training does: the error of each compared pair of
 * widths with generated weights and after the training of a plain net, and the correlation of their
 * ranks.
 */
final class PruningMeasurement {
  private final ExperimentSpec spec;
  private final PruningSpec design;
  private final ImageSplits data;
  private final Path run;

  PruningMeasurement(ExperimentSpec spec, ImageSplits data, Path run) {
    this.spec = spec;
    this.design = Pruning.spec(spec.model());
    this.data = data;
    this.run = run;
  }

  TestResult measure(OpenedMember model, double validation) {
    List<Widths> pairs = Pruning.compared(design);
    List<LabelScores> scores =
        new PruningEvaluator(model::call, spec.training().evaluateBatchSize())
            .scores(pairs, data.test());
    Map<Widths, Double> generated = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      generated.put(pairs.get(i), scores.get(i).error());
    }
    ComparedNets nets = trained(pairs);
    nets.generated().putAll(generated);
    nets.write(run);
    return result(nets, validation);
  }

  /** Plain nets of these widths, those that were trained before included. */
  private ComparedNets trained(List<Widths> pairs) {
    ComparedNets fresh = ComparedNets.none(spec, data.fingerprint());
    ComparedNets.read(run)
        .filter(stored -> stored.origin().equals(fresh.origin()))
        .ifPresent(
            stored ->
                pairs.stream()
                    .filter(stored.trained()::containsKey)
                    .forEach(widths -> fresh.trained().put(widths, stored.trained().get(widths))));
    for (Widths widths : pairs) {
      if (!fresh.trained().containsKey(widths)) {
        fresh
            .trained()
            .put(
                widths,
                PlainNet.trainedError(
                    PruningModel.net(List.of(widths.first(), widths.second()), design.kernelSize()),
                    data,
                    design.compared(),
                    spec.training().seed(),
                    spec.training().evaluateBatchSize()));
        fresh.write(run);
      }
    }
    return fresh;
  }

  private TestResult result(ComparedNets nets, double validation) {
    double[] generated = nets.accuracies(nets.generated());
    double[] trained = nets.accuracies(nets.trained());
    double[] weights =
        nets.complete().stream().mapToDouble(widths -> weights(design, widths)).toArray();
    double ranks = Ranks.spearman(generated, trained);
    double bySize = Ranks.spearman(weights, trained);
    double generatedError = 1 - mean(generated) / 100;
    double trainedError = 1 - mean(trained) / 100;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rankCorrelation", ranks);
    figures.put("rankCorrelationOfSize", bySize);
    figures.put("generatedError", generatedError);
    figures.put("trainedError", trainedError);
    figures.put("validationError", validation);
    return new TestResult(
        Map.of("error", generatedError, "rankCorrelation", ranks),
        String.format(
            Locale.ROOT,
            "test: rank correlation %.3f over %d pairs of widths, between accuracy with generated"
                + " weights and after training",
            ranks,
            generated.length),
        figures,
        List.of(
            String.format(
                Locale.ROOT,
                "mean test error %.2f %% with generated weights, %.2f %% after %,d steps of"
                    + " training each; validation error %.2f %%",
                100 * generatedError,
                100 * trainedError,
                design.compared().steps(),
                100 * validation),
            String.format(
                Locale.ROOT,
                "rank correlation of the number of weights with accuracy after training: %.3f",
                bySize)));
  }

  /** The number of weights of the net of some widths. */
  static long weights(PruningSpec design, Widths widths) {
    return PruningModel.net(List.of(widths.first(), widths.second()), design.kernelSize())
        .weights()
        .size();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
