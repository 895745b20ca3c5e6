// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.StrokesModelSpec;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A small model of strokes in a graph; parameters get their initial values, shaken a little. */
final class BuiltStrokeModel implements AutoCloseable {
  static final String LSTM = "model.cell={\"type\":\"lstm\",\"units\":5}";
  static final String HYPER =
      "model.cell={\"type\":\"hyper-lstm\",\"units\":5,\"hyperUnits\":3,\"embeddingSize\":2,"
          + "\"layerNorm\":false,\"hyperLayerNorm\":false}";
  static final String LN_HYPER =
      "model.cell={\"type\":\"hyper-lstm\",\"units\":5,\"hyperUnits\":3,\"embeddingSize\":2}";
  static final String TWO = "model.layers=2";
  static final String SKIPS = "model.skips=true";
  static final String BERNOULLI = "model.pen=bernoulli";
  static final String LATENT =
      "model.latent={\"size\":2,\"encoder\":{\"type\":\"lstm\",\"units\":3}}";

  private final TestGraph graph = new TestGraph(11);
  final Session session = graph.session;
  final Ops tf;
  final StrokeModel model;
  final MixtureDensity.Settings settings;
  final Map<String, float[]> values;

  BuiltStrokeModel(String... settings) {
    model = SpecModels.strokeModel(graph.store.root(), spec(settings));
    this.settings = model.density().settings();
    tf = graph.store.root().child("test").tf();
    graph.store.initialize(session);
    // zeros and constants would hide terms
    Random random = new Random(3);
    values = ParameterValues.read(session, graph.store.model());
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (0.3 * random.nextGaussian());
          }
        });
    ParameterValues.assign(session, graph.store, values);
  }

  /** An LSTM with three components, with other settings. */
  static StrokesModelSpec spec(String... settings) {
    List<String> all = new ArrayList<>(List.of(LSTM, "model.mixtures=3"));
    all.addAll(List.of(settings));
    return (StrokesModelSpec)
        SpecFiles.read(Path.of("graphs", "strokes-omniglot-lstm.json"), all).model();
  }

  /** A batch of drawings that is fed, {@code [T, B, 3]}, and their lengths. */
  record Batch(Placeholder<TFloat32> points, Placeholder<TInt32> lengths) {}

  Batch batch() {
    return new Batch(
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 3))),
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1))));
  }

  /** Fetches numbers of drawings, {@code [time][batch][3]}. */
  List<float[]> fetch(
      Batch batch, float[][][] rows, int[] lengths, List<? extends Operand<TFloat32>> tensors) {
    float[] flat = new float[rows.length * lengths.length * 3];
    for (int at = 0; at < flat.length; at++) {
      flat[at] = rows[at / 3 / lengths.length][at / 3 % lengths.length][at % 3];
    }
    try (Feeds feeds = new Feeds()) {
      feeds
          .floats(batch.points(), Shape.of(rows.length, lengths.length, 3), flat)
          .ints(batch.lengths(), Shape.of(lengths.length), lengths);
      Session.Runner runner = feeds.into(session.runner());
      tensors.forEach(runner::fetch);
      List<float[]> values = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < tensors.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] own = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(own);
          values.add(own);
        }
      }
      return values;
    }
  }

  /** Nats of drawings by the model, z one standard deviation from its mean if there is one. */
  StrokeSeries.Nats nats(Batch batch, boolean training) {
    TrainingStep step = training ? new TrainingStep(1, tf.constant(0L)) : null;
    StrokeSeries series = new StrokeSeries(tf, model.density(), batch.points(), batch.lengths());
    StrokeLatent latent = model.latent();
    Operand<TFloat32> z = null;
    if (latent != null) {
      StrokeLatent.Code code = latent.encode(tf, series.drawn(tf), series.lengths(), step);
      z = code.draw(tf, tf.constant(1f));
    }
    Operand<TInt32> count = tf.gather(tf.shape(batch.points()), tf.constant(1), tf.constant(0));
    return series.nats(
        tf, model.raw(tf, series.inputs(), z, model.initialState(tf, count, z), step).raw());
  }

  Map<Parameter, Operand<TFloat32>> gradients(Operand<TFloat32> loss) {
    return Gradients.of(loss, graph.store.trainables());
  }

  Operand<TFloat32> sum(Operand<TFloat32> x) {
    return graph.sum(x);
  }

  List<float[]> fetch(List<? extends Operand<TFloat32>> tensors) {
    return graph.fetch(tensors);
  }

  int[] ints(Operand<TInt32> tensor) {
    try (Result result = session.runner().fetch(tensor).run()) {
      int[] flat = new int[(int) result.get(0).shape().size()];
      ((TInt32) result.get(0)).asRawTensor().data().asInts().read(flat);
      return flat;
    }
  }

  /**
   * Drawings of these lengths in a batch, pseudo-random, NaN in padding.
   *
   * @return {@code [T, B, 3]}
   */
  static float[][][] drawings(int time, int... lengths) {
    Random random = new Random(5);
    float[][][] rows = new float[time][lengths.length][];
    for (int b = 0; b < lengths.length; b++) {
      for (int t = 0; t < time; t++) {
        rows[t][b] =
            t < lengths[b]
                ? new float[] {
                  (float) random.nextGaussian(),
                  (float) random.nextGaussian(),
                  random.nextInt(3) == 0 ? 1 : 0
                }
                : new float[] {Float.NaN, Float.NaN, Float.NaN};
      }
    }
    return rows;
  }

  /** One of the drawings of a batch, without its padding. */
  static float[][][] alone(float[][][] rows, int drawing, int length) {
    float[][][] one = new float[length][1][];
    for (int t = 0; t < length; t++) {
      one[t][0] = rows[t][drawing];
    }
    return one;
  }

  @Override
  public void close() {
    graph.close();
  }
}
