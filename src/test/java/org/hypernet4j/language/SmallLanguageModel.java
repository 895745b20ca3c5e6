// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextBatch;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * A language model that was trained for some steps, in a session: two symbols more than its
 * vocabulary.
 */
public final class SmallLanguageModel implements AutoCloseable {
  static final Vocabulary VOCABULARY =
      Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "ab\ncé"));
  static final int SYMBOLS = 7;
  private static final String TEXT = "abba cab\nbacécab\n".repeat(4).replace(" ", "");
  private static final int STEPS = 40;
  private static final double RATE = 0.02;
  // a training a model, not one a test
  private static final Map<LanguageModelSpec, Map<String, float[]>> TRAINED =
      new ConcurrentHashMap<>();

  final LanguageModelSpec spec;
  final Graph graph = new Graph();
  final Session session = new Session(graph);
  final ParameterStore store = new ParameterStore(graph, 7L);
  final List<ServingSignature> signatures;
  private final Vocabulary vocabulary;

  SmallLanguageModel(CellSpec cell, int layers, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    spec = new LanguageModelSpec(SYMBOLS, cell, layers, new KeepSpec(1, 1, 1, 1, 1));
    signatures = LanguageModelExport.build(store, spec, vocabulary);
    store.initialize(session);
    ParameterValues.assign(session, store, TRAINED.computeIfAbsent(spec, this::train));
  }

  /** Begins with noise on everything, since zeros and constants would hide terms, and learns. */
  private Map<String, float[]> train(LanguageModelSpec model) {
    Random random = new Random(3);
    Map<String, float[]> values = ParameterValues.read(session, store.model());
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (0.4 * random.nextGaussian());
          }
        });
    ExperimentSpec tiny = TinyText.spec(TinyText.BASIC);
    ExperimentSpec experiment =
        new ExperimentSpec("small", null, model, tiny.data(), tiny.training(), null);
    TextPart text = TextPart.of("test", TEXT);
    LanguageModelTask task =
        new LanguageModelTask(
            experiment, TextSplits.of(new RawText(Vocabulary.Kind.CHARACTERS, text, text, text)));
    try (TrainingGraph<TextBatch> graph =
        new TrainingGraph<>(
            task, 7L, SpecOptimizers.optimizer(experiment.training()), SessionOptions.defaults())) {
      ParameterValues.assign(graph.session(), graph.store(), values);
      new Trainer<>(
              graph, new Trainer.Settings(STEPS, STEPS, LearningRateSchedule.constant(RATE), 2))
          .fit(List.of());
      return ParameterValues.read(graph.session(), graph.store().model());
    }
  }

  /** A HyperLSTM that knows the symbols of {@link #VOCABULARY}. */
  static SmallLanguageModel hyperLstm() {
    return hyperLstm(1, true);
  }

  /** The same without layer normalisation. */
  static SmallLanguageModel plainHyperLstm() {
    return hyperLstm(1, false);
  }

  /** Two layers of the same. */
  static SmallLanguageModel stackedHyperLstm() {
    return hyperLstm(2, true);
  }

  private static SmallLanguageModel hyperLstm(int layers, boolean layerNorm) {
    return new SmallLanguageModel(
        new CellSpec.HyperLstm(
            6, 4, 2, layerNorm, layerNorm, 0.001, 1, 1, CellSpec.Initializer.ORTHOGONAL),
        layers,
        VOCABULARY);
  }

  ServingSignature signature(String key) {
    return LanguageModelSignatures.find(signatures, key);
  }

  ExportRequest request(String name, Path base) {
    return LanguageModelExport.request(
            name,
            spec,
            vocabulary,
            ParameterValues.read(session, store.model()),
            LanguageModelReferences.record(session, signatures, vocabulary),
            base)
        .withProvenance(provenance());
  }

  /** The part of a run's provenance that readers build their model from. */
  private Provenance provenance() {
    JsonObject specification = new JsonObject();
    specification.add("model", SpecWriter.toTree(spec));
    return Provenance.UNKNOWN.withSpecification(specification);
  }

  /** An exported HyperLSTM, for tests of other packages. */
  public static ExportRequest exportRequest(Path base) {
    try (SmallLanguageModel model = hyperLstm()) {
      return model.request("language-hyperlstm", base);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
