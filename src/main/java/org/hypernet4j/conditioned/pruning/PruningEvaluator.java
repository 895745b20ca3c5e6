// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.io.NpyArray;

/** Measures nets with generated weights. */
final class PruningEvaluator {
  private final BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions;
  private final int batchSize;

  /** Takes the model's functions, which compute by name from arrays by name. */
  PruningEvaluator(
      BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions, int batchSize) {
    this.functions = functions;
    this.batchSize = batchSize;
  }

  /** The scores of the nets of some widths, in their order. */
  List<LabelScores> scores(List<Widths> pairs, LabeledImages images) {
    List<Function<NpyArray, float[]>> nets = new ArrayList<>();
    pairs.forEach(widths -> nets.add(batch -> logits(widths, batch)));
    return Scores.of(images, batchSize, nets);
  }

  /** Class scores of one net, row-major. */
  float[] logits(Widths widths, NpyArray images) {
    Map<String, NpyArray> outputs =
        functions.apply(
            PruningModel.ONE_PAIR,
            Map.of(
                PruningModel.IMAGE,
                images,
                PruningModel.WIDTHS,
                NpyArray.of(widths.numbers(), widths.numbers().length)));
    return Objects.requireNonNull(outputs.get(PruningModel.LOGITS)).floats();
  }
}
