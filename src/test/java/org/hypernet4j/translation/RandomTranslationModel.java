// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.TranslationModelSpec;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** A translation model of random parameters, which knows the pieces of two lines. */
public final class RandomTranslationModel {
  /** Pieces of the characters and some words of two lines: 30 of the model's 33 outputs. */
  public static final Subwords SUBWORDS =
      Subwords.train(List.of("the cat sleeps the dog", "le chat dort le chien été"), 30);

  private static final int PIECES = 33;

  /** Translations that the search follows. */
  public static final int BEAMS = 3;

  private RandomTranslationModel() {}

  /** The model as {@code small-translation}, from English to French. */
  public static ExportRequest exportRequest(Path base) {
    TranslationModelSpec spec =
        SpecReader.read(
            TranslationModelSpec.class,
            "{\"pieces\": "
                + PIECES
                + ", \"embeddingSize\": 5, \"encoderLayers\": 1, \"decoderLayers\": 1,"
                + " \"beam\": {\"beams\": 3},"
                + " \"cell\": {\"type\": \"lstm\", \"units\": 6, \"layerNorm\": true}}",
            "small.json");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 7L);
      List<ServingSignature> signatures = TranslationExport.build(store, spec);
      store.initialize(session);
      Random random = new Random(3);
      Map<String, float[]> values = ParameterValues.read(session, store.model());
      values.forEach(
          (name, array) -> {
            for (int i = 0; i < array.length; i++) {
              array[i] += (float) (0.8 * random.nextGaussian());
              if (name.endsWith("softmax/kernel") && i % PIECES == Subwords.END) {
                array[i] *= 0.5f; // or many a translation would be empty
              }
            }
          });
      ParameterValues.assign(session, store, values);
      return TranslationExport.request(
          "small-translation",
          spec,
          SUBWORDS,
          "en",
          "fr",
          values,
          TranslationReferences.record(session, signatures, SUBWORDS),
          base);
    }
  }
}
