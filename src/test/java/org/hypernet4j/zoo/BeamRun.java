// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Feeds;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A beam search over a table in a graph of its own. */
final class BeamRun implements AutoCloseable {
  private final TestGraph graph = new TestGraph();
  private final Placeholder<TInt32> which =
      graph.tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
  private final BeamSettings settings;
  private final BeamSearch.Beams beams;

  /**
   * Builds the search.
   *
   * @param limits of all sentences, or of each
   */
  BeamRun(TableDecoder table, BeamSettings settings, int... limits) {
    this.settings = settings;
    Operand<TInt32> zero = graph.tf.constant(0);
    beams =
        BeamSearch.search(
            graph.tf,
            settings,
            table.step(graph.tf, which),
            table.vocabulary(),
            graph.tf.gather(graph.tf.constant(table.sourceLengths()), which, zero),
            limits.length == 1
                ? graph.tf.constant(limits[0])
                : graph.tf.gather(graph.tf.constant(limits), which, zero));
  }

  /**
   * What was found for one sentence.
   *
   * @param ids of each beam, without what stands behind its length
   * @param behind of each beam, what stands there
   * @param alignments of the best beam, {@code [T, S]}
   */
  record Found(
      List<List<Integer>> ids,
      List<List<Integer>> behind,
      List<Float> scores,
      List<Float> logProbs,
      List<List<Float>> coverage,
      List<List<Float>> alignments) {}

  /** Searches for some sentences of the table. */
  List<Found> run(int... sentences) {
    int k = settings.beams();
    try (Feeds feeds = new Feeds().ints(which, Shape.of(sentences.length), sentences);
        Result result =
            feeds
                .into(graph.session.runner())
                .fetch(beams.ids())
                .fetch(beams.lengths())
                .fetch(beams.scores())
                .fetch(beams.logProbs())
                .fetch(beams.coverage())
                .fetch(beams.alignments())
                .run()) {
      int steps = (int) result.get(0).shape().get(2);
      int width = (int) result.get(4).shape().get(2);
      List<Integer> ids = ints((TInt32) result.get(0));
      List<Integer> lengths = ints((TInt32) result.get(1));
      List<Float> scores = floats((TFloat32) result.get(2));
      List<Float> logProbs = floats((TFloat32) result.get(3));
      List<List<Float>> coverage = rows(floats((TFloat32) result.get(4)), width);
      List<List<Float>> alignments = rows(floats((TFloat32) result.get(5)), width);
      List<Found> found = new ArrayList<>();
      for (int b = 0; b < sentences.length; b++) {
        List<List<Integer>> texts = new ArrayList<>();
        List<List<Integer>> behind = new ArrayList<>();
        for (int row = b * k; row < (b + 1) * k; row++) {
          List<Integer> all = ids.subList(row * steps, (row + 1) * steps);
          texts.add(all.subList(0, lengths.get(row)));
          behind.add(all.subList(lengths.get(row), steps));
        }
        found.add(
            new Found(
                texts,
                behind,
                scores.subList(b * k, (b + 1) * k),
                logProbs.subList(b * k, (b + 1) * k),
                coverage.subList(b * k, (b + 1) * k),
                alignments.subList(b * steps, (b + 1) * steps)));
      }
      return found;
    }
  }

  private static List<List<Float>> rows(List<Float> flat, int width) {
    return IntStream.range(0, flat.size() / width)
        .mapToObj(row -> flat.subList(row * width, (row + 1) * width))
        .toList();
  }

  private static List<Integer> ints(TInt32 tensor) {
    int[] values = new int[(int) tensor.size()];
    tensor.asRawTensor().data().asInts().read(values);
    return IntStream.of(values).boxed().toList();
  }

  private static List<Float> floats(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
  }

  @Override
  public void close() {
    graph.close();
  }
}
