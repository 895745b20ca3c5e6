// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Result;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Models of others that work, made by {@code foreign/make_models.py}. The numbers are what
 * TensorFlow 2 computes in Python, printed by that script.
 */
class HealthyForeignModelsTest {
  private static final Path MODELS = Path.of("src/test/resources/export/foreign");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"keras_export", "words", "half_plus_two", "no_variables", "image_bytes"})
  void hasNoFaultAndOpens(String name) {
    VerificationReport report = Verifier.verify(MODELS.resolve(name));

    assertThat(report.faults()).isEmpty();
    assertThat(report.verified()).isTrue();
    LoadedModel.open(MODELS.resolve(name)).close();
  }

  @Test
  void givesTheNumbersOfPython() {
    assertThat(call("keras_export", "x", NpyArray.of(new float[] {1, 2, 3, 0, 0, -1}, 2, 3)))
        .containsExactly(22.5, 27.5, -4.5, -6.5);
    assertThat(call("half_plus_two", "x", NpyArray.of(new float[] {1, 2, 5}, 3, 1)))
        .containsExactly(2.5, 3, 4.5);
    assertThat(call("no_variables", "x", NpyArray.of(new float[] {1, 2, 3}, 1, 3)))
        .containsExactly(2, 4, 6);
    assertThat(call("words", "scores", NpyArray.of(new float[] {1, 2, 3, -4}, 2, 2)))
        .containsExactly(1, 0, 1, 0);
  }

  @Test
  void textsAreFedAsTensors() {
    try (LoadedModel model = LoadedModel.open(MODELS.resolve("words"));
        TString text = TString.vectorOf("sat", "cat", "dog")) {
      ServingSignature ids = model.signature("ids");
      try (Result result =
          model
              .session()
              .runner()
              .feed(ids.inputs().get("text"), text)
              .fetch(ids.outputs().get("ids"))
              .run()) {
        assertThat((TInt64) result.get(0)).isEqualTo(NdArrays.vectorOf(2L, 41L, -1L));
      }
      assertThatThrownBy(() -> model.call("ids", Map.of("text", NpyArray.of(new float[1], 1))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("expected DT_STRING [?]")
          .hasMessageContaining("LoadedModel.session()");
      assertThat(text.shape()).isEqualTo(Shape.of(3));
    }
  }

  /** A mask of -inf is what its author wants, and whoever looks for NaN is told. */
  @Test
  void aMaskIsANote() {
    assertThat(Verifier.verify(MODELS.resolve("words")).notes())
        .contains("the checkpoint holds NaN or infinite values in 'mask'");
  }

  @Test
  void aLostCheckpointIsStillMissed() throws IOException {
    copy("half_plus_two");
    Files.delete(folder.resolve(ModelFiles.VARIABLES_INDEX));

    assertThat(Verifier.verify(folder).faults())
        .extracting(Fault::kind)
        .containsExactly(Fault.Kind.MISSING_FILE);
    assertThatThrownBy(() -> LoadedModel.open(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("variables.index: is missing");
  }

  /** A server takes the graph with just 'serve' unless it is started with other tags. */
  @Test
  void otherTagsAreNamedWithWhatTakesThem() throws IOException {
    copy("no_variables");
    Path file = folder.resolve(ModelFiles.MODEL);
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder graph = saved.getMetaGraphsBuilder(0);
    graph.getMetaInfoDefBuilder().addTags("gpu");
    Files.write(file, saved.build().toByteArray());

    assertThat(Verifier.verify(folder).faults())
        .extracting(Fault::toString)
        .containsExactly(
            "tag: saved_model.pb has no graph with just the tag 'serve', its graphs have"
                + " [[serve, gpu]]: servers take it only if they are started with other tags"
                + " (--saved_model_tags)");
    Files.write(file, new byte[0]);
    assertThat(Verifier.verify(folder).faults())
        .extracting(Fault::toString)
        .containsExactly("tag: saved_model.pb holds no graph");
  }

  private static double[] call(String name, String input, NpyArray array) {
    try (LoadedModel model = LoadedModel.open(MODELS.resolve(name))) {
      Map<String, NpyArray> answer = model.call("serving_default", Map.of(input, array));
      return List.copyOf(answer.values()).get(0).doubles();
    }
  }

  private void copy(String name) throws IOException {
    Path from = MODELS.resolve(name);
    try (var files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = folder.resolve(from.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
  }
}
