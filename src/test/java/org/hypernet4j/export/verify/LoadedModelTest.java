// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.publish.Publisher;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Calls of a loaded model: what does not fit is an error in Java, and closing ends. */
class LoadedModelTest extends ExportedModelTest {
  private static final String DEFAULT = ServingSignature.DEFAULT_KEY;

  @Test
  void aCallGivesTheRecordedOutputs() {
    // expected: what the session that was trained gave, recorded at export
    ReferenceCase recorded = ReferenceFiles.read(model).get(0);
    try (LoadedModel loaded = LoadedModel.open(model)) {
      Map<String, NpyArray> answer = loaded.call(DEFAULT, recorded.inputs());

      assertThat(answer).containsOnlyKeys("logits", "class");
      float[] logits = Objects.requireNonNull(answer.get("logits")).floats();
      float[] expected = Objects.requireNonNull(recorded.outputs().get("logits")).floats();
      assertThat(logits).hasSize(expected.length);
      for (int i = 0; i < logits.length; i++) {
        assertThat(logits[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-5f));
      }
      assertThat(answer.get("class")).isEqualTo(recorded.outputs().get("class"));
    }
  }

  /** The example of the class's Javadoc and docs/serving.md, with this model's names. */
  @Test
  void theExampleOfTheDocumentation() {
    float[] pixels = new float[4 * 4 * 2];
    try (LoadedModel model = LoadedModel.open(Path.of(original.toString()))) {
      NpyArray image = NpyArray.of(pixels, 1, 4, 4, 2);
      Map<String, NpyArray> answer = model.call("serving_default", Map.of("image", image));
      assertThat(Objects.requireNonNull(answer.get("logits")).floats()).hasSize(3);
    }
  }

  @Test
  void inputsThatDoNotFit() {
    try (LoadedModel loaded = LoadedModel.open(model)) {
      assertRefused(loaded, "image", NpyArray.of(new float[32], 1, 32), "float32 [?, 4, 4, 2]");
      assertRefused(loaded, "image", NpyArray.of(new float[] {1}), "received float32 []");
      assertRefused(loaded, "image", NpyArray.of(new float[32], 1, 4, 2, 4), "[1, 4, 2, 4]");
      assertRefused(loaded, "image", NpyArray.of(new double[32], 1, 4, 4, 2), "float64");
      assertRefused(loaded, "image", NpyArray.of(new float[0], 0, 4, 4, 2), "is empty");
      assertRefused(loaded, "picture", NpyArray.of(new float[32], 1, 4, 4, 2), "[image]");
      assertThatThrownBy(() -> loaded.call(DEFAULT, Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("its inputs are others");
      assertThatThrownBy(() -> loaded.call("translate", Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("has no signature 'translate'");
    }
  }

  private static void assertRefused(
      LoadedModel loaded, String alias, NpyArray value, String message) {
    assertThatThrownBy(() -> loaded.call(DEFAULT, Map.of(alias, value)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void theRunnerChecksTheSame() {
    try (LoadedModel loaded = LoadedModel.open(model);
        TFloat32 flat = TFloat32.tensorOf(Shape.of(1, 784));
        TFloat32 scalar = TFloat32.scalarOf(1f);
        TFloat32 empty = TFloat32.tensorOf(Shape.of(0, 4, 4, 2))) {
      ServingSignature signature = loaded.signature(DEFAULT);
      for (Tensor wrong : List.of(flat, scalar, empty)) {
        assertThatThrownBy(
                () ->
                    loaded
                        .session()
                        .runner()
                        .feed(signature.inputs().get("image"), wrong)
                        .fetch(signature.outputs().get("logits"))
                        .run())
            .isInstanceOf(UserError.class)
            .hasMessageContaining("'image'");
      }
      assertThatThrownBy(() -> loaded.session().runner().feed(signature.inputs().get("x"), flat))
          .isInstanceOf(UserError.class);
      // an output is no input, and an input is no output
      assertThatThrownBy(
              () -> loaded.session().runner().fetch(signature.inputs().get("image")).run())
          .isInstanceOf(UserError.class)
          .hasMessageContaining("is not an output of a signature");
    }
  }

  /** Reference cases and warm-up records are inputs from a file. */
  @Test
  void aReferenceCaseOfTheWrongRankIsAFault() {
    List<ReferenceCase> cases = new ArrayList<>(ReferenceFiles.read(model));
    cases.set(
        0,
        new ReferenceCase(
            DEFAULT, Map.of("image", NpyArray.of(new float[32], 1, 32)), cases.get(0).outputs()));
    ReferenceFiles.write(model, cases);

    assertThat(kinds(Verifier.verify(model)))
        .contains(Fault.Kind.REFERENCE)
        .doesNotContain(Fault.Kind.LOAD, Fault.Kind.PROCESS);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void closingEndsWhileOthersCall() throws InterruptedException {
    LoadedModel loaded = LoadedModel.open(model);
    ServingSignature signature = loaded.signature(DEFAULT);
    AtomicLong calls = new AtomicLong();
    List<Throwable> ends = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Thread thread =
          new Thread(
              () -> {
                try (Tensor image = TFloat32.tensorOf(Shape.of(1, 4, 4, 2))) {
                  while (true) {
                    try (Result result =
                        loaded
                            .session()
                            .runner()
                            .feed(signature.inputs().get("image"), image)
                            .fetch(signature.outputs().get("logits"))
                            .run()) {
                      calls.addAndGet(result.size());
                    }
                  }
                } catch (RuntimeException e) {
                  ends.add(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    while (calls.get() < 50) {
      Thread.sleep(5);
    }

    loaded.close();

    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ends)
        .hasSize(6)
        .allSatisfy(
            end ->
                assertThat(end)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed"));
    loaded.close(); // a second time does nothing
    NpyArray image = NpyArray.of(new float[32], 1, 4, 4, 2);
    assertThatThrownBy(() -> loaded.call(DEFAULT, Map.of("image", image)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> loaded.signature(DEFAULT)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aModelThatHasLostItsManifestIsStillOurs() throws java.io.IOException {
    org.hypernet4j.io.internal.AtomicFiles.deleteRecursively(model.resolve("assets.extra"));

    assertThat(kinds(Verifier.verify(model)))
        .containsExactly(Fault.Kind.MISSING_FILE, Fault.Kind.REFERENCE, Fault.Kind.MISSING_FILE);
    assertThatThrownBy(() -> Publisher.publish(model, folder.resolve("served"), null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no assets.extra/manifest.json");
  }
}
