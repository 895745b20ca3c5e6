// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.TranslationModelSpec;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * A translation model in a session, with noise on every parameter: the zeros and ones of a model
 * that has learnt nothing would hide terms.
 */
final class SmallTranslationModel implements AutoCloseable {
  private static final double NOISE = 0.3;

  /** Logits are far apart, so that no rounding decides between two pieces. */
  private static final float SURE = 4f;

  /** The end is said often enough for translations of many lengths. */
  private static final float OFTEN = 1.5f;

  private static final int PIECES = 64;

  private static final List<String> SENTENCES =
      List.of(
          "A dog runs in the snow.",
          "Two men carry the wood.",
          "A girl reads a red book.",
          "The cat sleeps on the bed.",
          "Un chien court dans la neige.",
          "Deux hommes portent le bois.",
          "Une fille lit un livre rouge.",
          "Le chat dort sur le lit.");

  final TranslationModelSpec spec;
  final Subwords subwords = Subwords.train(SENTENCES, PIECES);
  final InferenceSession<TranslationModel> session;
  final List<ServingSignature> signatures;

  private SmallTranslationModel(String settings, long seed) {
    spec =
        SpecReader.read(
            TranslationModelSpec.class,
            "{\"pieces\": " + subwords.size() + ", " + settings + "}",
            "test.json");
    Graph graph = new Graph();
    ParameterStore store = new ParameterStore(graph, seed);
    TranslationModel model = SpecTranslation.model(store.root(), spec);
    signatures = TranslationSignatures.build(store.root(), model, spec.beam());
    session = new InferenceSession<>(graph, new Session(graph), store, model);
    store.initialize(session.session());
    Map<String, float[]> values = ParameterValues.read(session.session(), store.model());
    Random random = new Random(seed);
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (NOISE * random.nextGaussian());
          }
        });
    float[] kernel = Objects.requireNonNull(values.get("softmax/kernel"));
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] *= i % spec.pieces() == TranslationBatch.END ? OFTEN * SURE : SURE;
    }
    ParameterValues.assign(session.session(), store, values);
  }

  /** Three layers of HyperLSTMs, GNMT's context, the encoder's state passed on. */
  static SmallTranslationModel hyperLstm() {
    return new SmallTranslationModel(
        """
        "cell": {"type": "hyper-lstm", "units": 7, "hyperUnits": 4, "embeddingSize": 2},
        "embeddingSize": 6, "encoderLayers": 3, "decoderLayers": 3, "context": "gnmt",
        "attention": {"score": "normed-additive", "units": 5},
        "beam": {"beams": 3, "alpha": 0.6, "beta": 0.2}
        """,
        7L);
  }

  /** Two layers of LSTMs, the context of this step, a decoder that begins with zeros. */
  static SmallTranslationModel lstm() {
    return new SmallTranslationModel(
        """
        "cell": {"type": "lstm", "units": 6, "layerNorm": true, "bias": false},
        "embeddingSize": 5, "encoderLayers": 2, "decoderLayers": 2, "start": "zeros",
        "attention": {"score": "scaled-multiplicative"},
        "beam": {"beams": 4, "alpha": 1, "lengthFactor": 1.5}
        """,
        11L);
  }

  ExportRequest request(String name, Path base) {
    JsonObject specification = new JsonObject();
    specification.add("model", SpecWriter.toTree(spec));
    return TranslationExport.request(
            name,
            spec,
            subwords,
            "en",
            "fr",
            ParameterValues.read(session.session(), session.store().model()),
            TranslationReferences.record(session.session(), signatures, subwords),
            base)
        .withProvenance(Provenance.UNKNOWN.withSpecification(specification));
  }

  @Override
  public void close() {
    session.close();
  }
}
