package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.SpecWriter;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** A language model with random weights in a session: two symbols more than its vocabulary. */
public final class SmallLanguageModel implements AutoCloseable {
  static final Vocabulary VOCABULARY =
      Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "ab\ncé"));
  static final int SYMBOLS = 7;

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
    // zeros and constants would hide terms
    Random random = new Random(3);
    Map<String, float[]> values = ParameterValues.read(session, store.model());
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (0.4 * random.nextGaussian());
          }
        });
    ParameterValues.assign(session, store, values);
  }

  /** A HyperLSTM that knows the symbols of {@link #VOCABULARY}. */
  static SmallLanguageModel hyperLstm() {
    return hyperLstm(1);
  }

  /** Two layers of the same. */
  static SmallLanguageModel stackedHyperLstm() {
    return hyperLstm(2);
  }

  private static SmallLanguageModel hyperLstm(int layers) {
    return new SmallLanguageModel(
        new CellSpec.HyperLstm(6, 4, 2, true, true, 0.001, 1, 1, CellSpec.Initializer.ORTHOGONAL),
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
  private JsonObject provenance() {
    JsonObject specification = new JsonObject();
    specification.add("model", SpecWriter.toTree(spec));
    JsonObject json = new JsonObject();
    json.add("specification", specification);
    return json;
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
