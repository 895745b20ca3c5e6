// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.InferenceGraph;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.nn.Dense;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A net with a generated convolution and a dense layer, small enough to export in a test: {@code
 * image [-1, 4, 4, 2] -> logits [-1, 3], class [-1]} and {@code image -> features [-1, 128]}.
 *
 * <p>As a program, {@code SmallModel FOLDER}, it exports for the Python tests and prints where.
 */
public final class SmallModel {
  static final int BATCH = 5;
  private static final long SEED = 20_260_801L;

  private SmallModel() {}

  public static void main(String[] args) {
    System.out.println(Exporter.export(request(Path.of(args[0]))).versionFolder());
  }

  /** The layers: what an {@link InferenceGraph} builds in a training and in an inference graph. */
  public static List<ServingSignature> build(ParameterStore store) {
    Ops tf = store.root().child("inference").tf();
    Placeholder<TFloat32> image =
        tf.withName("image").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4, 4, 2)));
    ParameterScope generator = store.root().child("generator");
    Operand<TFloat32> kernel =
        Objects.requireNonNull(
            new GeneratedKernels(
                    new TwoLayerLinearGenerator(
                        generator,
                        new TwoLayerLinearGenerator.Settings(
                            KernelShape.square(3, 2, 4), 3, 5, Initializers.normal(0f, 0.5f))))
                .add("conv", KernelShape.square(3, 2, 8))
                .build(store.root().child("embeddings"))
                .get("conv"));
    ParameterScope dense = store.root().child("dense");
    Operand<TFloat32> w =
        dense.value("kernel", Shape.of(128, 3), Initializers.normal(0f, 0.3f), Role.KERNEL);
    Operand<TFloat32> b =
        dense.value("bias", Shape.of(3), Initializers.normal(0f, 0.3f), Role.BIAS);
    // a moving statistic: in the checkpoint, but not trainable
    Operand<TFloat32> mean =
        dense
            .fixedParameter(
                "mean", Shape.of(128), Initializers.normal(0f, 0.1f), Role.NORMALISATION)
            .value();
    Operand<TFloat32> features =
        tf.reshape(
            tf.nn.relu(Conv2d.apply(tf, image, kernel, 1)), tf.constant(new long[] {-1, 128}));
    Operand<TFloat32> logits = Dense.apply(tf, tf.math.sub(features, mean), w, b);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("logits", logits);
    outputs.put("class", tf.math.argMax(logits, tf.constant(1)));
    return List.of(
        new ServingSignature(ServingSignature.DEFAULT_KEY, Map.of("image", image), outputs),
        new ServingSignature("features", Map.of("image", image), Map.of("features", features)));
  }

  /** A request with random weights and the outputs that a session with these weights gave. */
  public static ExportRequest request(Path base) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, SEED);
      List<ServingSignature> signatures = build(store);
      store.initialize(session);
      List<ReferenceCase> cases = new ArrayList<>();
      for (ServingSignature signature : signatures) {
        cases.add(ReferenceCase.record(session, signature, Map.of("image", images(BATCH))));
      }
      cases.add(ReferenceCase.record(session, signatures.get(0), Map.of("image", images(1))));
      return new ExportRequest(
              "small",
              ExportRequest.GENERATED,
              SmallModel::build,
              ParameterValues.read(session, store.model()),
              cases,
              base)
          .withProvenance(Provenance.UNKNOWN.withSeed(SEED));
    }
  }

  static ExportRequest withGraph(ExportRequest request, InferenceGraph graph) {
    return new ExportRequest(
        request.modelName(),
        request.form(),
        graph,
        request.values(),
        request.references(),
        request.baseFolder());
  }

  static ExportRequest withValues(ExportRequest request, Map<String, float[]> values) {
    return new ExportRequest(
        request.modelName(),
        request.form(),
        request.graph(),
        values,
        request.references(),
        request.baseFolder());
  }

  static ExportRequest withReferences(ExportRequest request, List<ReferenceCase> references) {
    return new ExportRequest(
        request.modelName(),
        request.form(),
        request.graph(),
        request.values(),
        references,
        request.baseFolder());
  }

  private static NpyArray images(int batch) {
    SplittableRandom random = new SplittableRandom(batch);
    float[] pixels = new float[batch * 4 * 4 * 2];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    return NpyArray.of(pixels, batch, 4, 4, 2);
  }
}
