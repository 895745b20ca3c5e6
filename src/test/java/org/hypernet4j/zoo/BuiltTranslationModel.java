// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.TranslationModelSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A small translation model in a graph with a session; initial values are shaken a little. */
final class BuiltTranslationModel implements AutoCloseable {
  static final String LSTM =
      "{\"type\": \"lstm\", \"units\": 5, \"layerNorm\": true, \"bias\": false}";
  static final String HYPER_LSTM =
      "{\"type\": \"hyper-lstm\", \"units\": 5, \"hyperUnits\": 3, \"embeddingSize\": 2}";
  static final int V = 9;
  static final int[][] SOURCE = {{4, 5, 6, 7}, {8, 4, 0, 0}, {5, 0, 0, 0}};
  static final int[] SOURCE_LENGTHS = {4, 2, 1};
  static final int[][] INPUTS = {{1, 5, 7}, {1, 6, 0}, {1, 8, 4}};
  static final int[][] TARGETS = {{5, 7, 2}, {6, 2, 0}, {8, 4, 2}};
  static final int[] TARGET_LENGTHS = {3, 2, 3};

  final Graph graph = new Graph();
  final Session session = new Session(graph);
  final ParameterStore store = new ParameterStore(graph, 11L);
  final Ops tf = store.root().child("test").tf();
  final TranslationModelSpec spec;
  final TranslationModel model;

  BuiltTranslationModel(String cell, int layers, String... settings) {
    spec = spec(cell, layers, settings);
    model = SpecTranslation.model(store.root(), spec);
    store.initialize(session);
    Random random = new Random(3);
    Map<String, float[]> values = ParameterValues.read(session, store.model());
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (0.2 * random.nextGaussian());
          }
        });
    ParameterValues.assign(session, store, values);
  }

  static TranslationModelSpec spec(String cell, int layers, String... settings) {
    StringBuilder json =
        new StringBuilder("{\"pieces\": " + V + ", \"embeddingSize\": 4")
            .append(", \"encoderLayers\": " + layers + ", \"decoderLayers\": " + layers)
            .append(", \"beam\": {\"beams\": 3}, \"cell\": " + cell);
    for (String setting : settings) {
      json.append(", ").append(setting);
    }
    return SpecReader.read(TranslationModelSpec.class, json + "}", "test.json");
  }

  TranslationModel.Encoded encoded() {
    return model.encode(tf, tf.constant(SOURCE), tf.constant(SOURCE_LENGTHS), null);
  }

  TranslationModel.Written written(TranslationModel.Encoded encoded) {
    return model.write(tf, encoded, tf.constant(INPUTS), tf.constant(TARGET_LENGTHS), null);
  }

  Operand<TFloat32> loss(long seed, long step) {
    TrainingStep training = new TrainingStep(seed, tf.constant(step));
    TranslationModel.Written written =
        model.write(
            tf,
            model.encode(tf, tf.constant(SOURCE), tf.constant(SOURCE_LENGTHS), training),
            tf.constant(INPUTS),
            tf.constant(TARGET_LENGTHS),
            training);
    return model
        .loss(
            tf,
            written,
            tf.constant(TARGETS),
            tf.constant(TARGET_LENGTHS),
            (float) spec.labelSmoothing())
        .perSentence(tf);
  }

  /** {@code [T * B, V]}, row {@code t * B + b}. */
  Operand<TFloat32> logits(TranslationModel.Written written) {
    return model.logits(
        tf,
        tf.reshape(
            written.outputs(),
            tf.constant(new int[] {-1, (int) written.outputs().shape().get(2)})));
  }

  float[] fetch(Operand<TFloat32> operand) {
    return fetchAll(List.of(operand)).get(0);
  }

  List<float[]> fetchAll(List<? extends Operand<TFloat32>> operands) {
    Session.Runner runner = session.runner();
    operands.forEach(runner::fetch);
    try (Result result = runner.run()) {
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < operands.size(); i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] flat = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(flat);
        values.add(flat);
      }
      return values;
    }
  }

  int[] ints(Operand<TInt32> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      TInt32 tensor = (TInt32) result.get(0);
      int[] flat = new int[(int) tensor.size()];
      tensor.asRawTensor().data().asInts().read(flat);
      return flat;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
