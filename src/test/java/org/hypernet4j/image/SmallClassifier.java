// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * The paper's ConvNet for MNIST with three filters of 5 by 5 instead of sixteen of 7 by 7, with
 * noise on every parameter: zeros would hide terms.
 */
public final class SmallClassifier implements AutoCloseable {
  static final int FILTERS = 3;
  static final int SIDE = 5;
  static final int EMBEDDING = 4;
  static final int HIDDEN = 2;
  private static final double NOISE = 0.3;

  private final ExperimentSpec spec =
      SpecFiles.read(
          Path.of("graphs", "mnist-hyper.json"),
          List.of(
              "model.filters=" + FILTERS,
              "model.kernelSize=" + SIDE,
              "model.kernel2.hiddenSize=" + HIDDEN));
  private final InferenceSession<ClassifierGraph> session;
  final Map<String, float[]> values;

  SmallClassifier() {
    Graph graph = new Graph();
    ParameterStore store = new ParameterStore(graph, 5L);
    session =
        new InferenceSession<>(
            graph, new Session(graph), store, ClassifierGraph.of(store, spec.model()));
    store.initialize(session.session());
    values = ParameterValues.read(session.session(), store.model());
    Random random = new Random(5);
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (NOISE * random.nextGaussian());
          }
        });
    ParameterValues.assign(session.session(), store, values);
  }

  ExportRequest request(ExportForm form, Path base) {
    return new ClassifierExport(spec, session)
        .request(
            form,
            ClassifierExport.references(
                session.session(),
                session.model().outputs(),
                ImageDatasets.test(spec.data(), null)),
            Provenance.UNKNOWN.withSpecification(SpecWriter.toTree(spec)),
            base);
  }

  /** An exported model with its generator, for tests of other packages: {@code mnist-hyper}. */
  public static ExportRequest exportRequest(Path base) {
    try (SmallClassifier model = new SmallClassifier()) {
      return model.request(ExportForm.GENERATED, base);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
