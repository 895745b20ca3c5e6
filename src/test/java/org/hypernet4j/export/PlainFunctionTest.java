// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Models with one input and one output, and outputs that are one tensor. */
class PlainFunctionTest {
  private static final float[] W = {1, -2, 0.5f};

  @TempDir Path folder;

  private static Network weightedSum(ParameterScope scope) {
    Operand<TFloat32> w = scope.value("w", Shape.of(3, 1), Initializers.zeros(), Role.KERNEL);
    return (tf, x, step) -> tf.linalg.matMul(x, w);
  }

  @Test
  void aModelOfOnesOwnIsExportedAndPredicts() {
    NpyArray inputs = NpyArray.of(new float[] {1, 2, 4, 8, 1, 2}, 2, 3);
    NpyArray outputs = NpyArray.of(new float[] {1 - 4 + 2, 8 - 2 + 1}, 2, 1); // 1 a - 2 b + c / 2
    ExportRequest request =
        ExportRequest.of(
            "sum", PlainFunctionTest::weightedSum, Map.of("w", W), inputs, outputs, folder);
    try (LoadedModel model = LoadedModel.open(Exporter.export(request).versionFolder())) {
      assertThat(model.predict(inputs)).isEqualTo(outputs);
      // another batch: 3 - 2 + 5 / 2
      assertThat(model.predict(NpyArray.of(new float[] {3, 1, 5}, 1, 3)).floats())
          .containsExactly(3.5f);
      assertThatThrownBy(() -> model.predict(NpyArray.of(new float[2], 1, 2)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("float32 [?, 3]");
    }
  }

  /** A fresh JVM computes otherwise: nothing is published. */
  @Test
  void outputsThatTheModelDoesNotGiveAreNotPublished() {
    NpyArray inputs = NpyArray.of(new float[] {1, 2, 4}, 1, 3);
    ExportRequest request =
        ExportRequest.of(
            "sum",
            PlainFunctionTest::weightedSum,
            Map.of("w", W),
            inputs,
            NpyArray.of(new float[] {7}, 1, 1),
            folder.resolve("wrong"));
    assertThatThrownBy(() -> Exporter.export(request)).isInstanceOf(NotVerifiedException.class);
    assertThat(folder.resolve("wrong/1")).doesNotExist();
    assertThatThrownBy(
            () ->
                ExportRequest.of(
                    "sum",
                    PlainFunctionTest::weightedSum,
                    Map.of("w", W),
                    NpyArray.of(new float[] {1}),
                    NpyArray.of(new float[] {1}),
                    folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected [examples, ...], received a scalar");
  }

  private static List<ServingSignature> twice(ParameterStore store) {
    Ops tf = store.root().child("inference").tf();
    Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
    Operand<TFloat32> y = weightedSum(store.root()).apply(tf, x, null);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("score", y);
    outputs.put("y", y);
    return List.of(new ServingSignature(ServingSignature.DEFAULT_KEY, Map.of("x", x), outputs));
  }

  /** TensorFlow Java says "Name collision" where one tensor is fetched twice. */
  @Test
  void oneTensorMayBeSeveralOutputs() {
    NpyArray inputs = NpyArray.of(new float[] {1, 2, 4}, 1, 3);
    ReferenceCase seen;
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      ServingSignature signature = twice(store).get(0);
      store.initialize(session);
      // zeros: the reference below is made for W
      assertThat(ReferenceCase.record(session, signature, Map.of("x", inputs)).outputs())
          .containsOnlyKeys("score", "y");
      NpyArray y = NpyArray.of(new float[] {-1}, 1, 1);
      seen =
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY, Map.of("x", inputs), Map.of("score", y, "y", y));
    }
    ExportRequest request =
        new ExportRequest(
            "twice",
            ExportRequest.GENERATED,
            PlainFunctionTest::twice,
            Map.of("w", W),
            List.of(seen),
            folder.resolve("twice"));
    try (LoadedModel model = LoadedModel.open(Exporter.export(request).versionFolder())) {
      Map<String, NpyArray> answer = model.call(ServingSignature.DEFAULT_KEY, Map.of("x", inputs));
      assertThat(answer.get("score")).isEqualTo(NpyArray.of(new float[] {-1}, 1, 1));
      assertThat(answer.get("y")).isEqualTo(NpyArray.of(new float[] {-1}, 1, 1));
      assertThatThrownBy(() -> model.predict(inputs))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("received inputs [x], outputs [score, y]");
      ServingSignature signature = model.signature(ServingSignature.DEFAULT_KEY);
      assertThatThrownBy(
              () ->
                  model
                      .session()
                      .runner()
                      .fetch(signature.outputs().get("y"))
                      .fetch(signature.outputs().get("score")))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("is fetched twice in one call");
    }
  }
}
