// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.export.serving.WarmupRecord;
import org.hypernet4j.export.verify.CorrectedManifest;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.TfRecordWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.TensorProto;

/** Models of this library are verified and warmed up before they take calls. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExportedVersionsTest {
  private static final ServingSettings NEVER = ServingSettings.DEFAULT.withPoll(Duration.ZERO);

  @TempDir Path folder;

  @Test
  void whatFailsItsVerificationIsRefused() throws Exception {
    Path base = folder.resolve("small");
    Path first = Exporter.export(SmallModel.request(base)).versionFolder();
    try (LoadedModel model = LoadedModel.open(first)) {
      // two signatures, each with batches of 1, 8 and 32
      assertThat(model.warmUp()).isEqualTo(6);
    }
    assertRowsOfBatches(first);
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      assertThat(model.available()).containsExactly(1L);
      ReferenceCase recorded = ReferenceFiles.read(first).get(0);

      // other weights, and a manifest that says so: only the recorded outputs tell
      Path second = ServedFolder.publish(first, base.resolve("../unpublished"), "2");
      List<ReferenceCase> cases =
          ReferenceFiles.read(first).stream().map(ExportedVersionsTest::withOtherLogits).toList();
      ReferenceFiles.write(second, cases);
      CorrectedManifest.of(second);
      LoadedModel.open(second).close();
      Files.move(second, base.resolve("2"));
      model.refresh();

      assertThat(model.available()).containsExactly(1L);
      VersionStatus refused = model.status().get(0);
      assertThat(refused.version()).isEqualTo(2);
      assertThat(refused.errorCode()).isEqualTo("FAILED_PRECONDITION");
      assertThat(refused.message())
          .contains("does not pass its verification; received difference: ");
      assertThat(model.predict(recorded.inputs())).containsOnlyKeys("logits", "class");

      // of a single version by its manifest
      try (ServedModels models = ServedModels.open(first, NEVER)) {
        assertThat(models.names()).containsExactly("small");
      }
    }
  }

  /** TensorFlow may add in another order in a batch: the tolerance is that of exported models. */
  private static void assertRowsOfBatches(Path folder) throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    AtomicInteger most = new AtomicInteger();
    ServingListener listener =
        new ServingListener() {
          @Override
          public void batched(ModelDescription model, String signature, int calls, int rows) {
            most.accumulateAndGet(calls, Math::max);
          }
        };
    MicroBatcher.Settings settings = new MicroBatcher.Settings(32, Duration.ofMillis(20), 100, 1);
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (Predictor alone = Predictor.open(folder);
        Servable together = MicroBatcher.of(Predictor.open(folder), settings, listener)) {
      List<Map<String, NpyArray>> inputs = new ArrayList<>();
      List<Future<Map<String, NpyArray>>> answers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        float[] image = new float[32];
        for (int j = 0; j < image.length; j++) {
          image[j] = (float) random.nextDouble();
        }
        Map<String, NpyArray> input = Map.of("image", NpyArray.of(image, 1, 4, 4, 2));
        inputs.add(input);
        answers.add(callers.submit(() -> together.predict(input)));
      }
      for (int i = 0; i < inputs.size(); i++) {
        Map<String, NpyArray> expected = alone.predict(inputs.get(i));
        Map<String, NpyArray> answer = answers.get(i).get();
        float[] logits = Objects.requireNonNull(answer.get("logits")).floats();
        float[] single = Objects.requireNonNull(expected.get("logits")).floats();
        assertThat(logits).hasSize(3);
        for (int j = 0; j < 3; j++) {
          assertThat(logits[j]).isCloseTo(single[j], within(1e-5f));
        }
        assertThat(answer.get("class")).isEqualTo(expected.get("class"));
      }
    } finally {
      callers.shutdownNow();
    }
    assertThat(most.get()).isGreaterThan(1);
  }

  private static ReferenceCase withOtherLogits(ReferenceCase one) {
    NpyArray logits = one.outputs().get("logits");
    if (logits == null) {
      return one;
    }
    float[] values = logits.floats();
    values[0] += 1;
    Map<String, NpyArray> outputs = new LinkedHashMap<>(one.outputs());
    outputs.put("logits", NpyArray.of(values, logits.shape()));
    return new ReferenceCase(one.signature(), one.inputs(), outputs);
  }

  @Test
  void requestsOfTheWarmUpFileAreSentFirst() throws IOException {
    Path base = folder.resolve("dense");
    Path model = ServedFolder.publish(base, "1");
    try (LoadedModel loaded = LoadedModel.open(model)) {
      assertThat(loaded.warmUp()).isZero();
    }
    NpyArray good = NpyArray.of(new float[3], 1, 3);
    warmUp(model, good, good);
    try (LoadedModel loaded = LoadedModel.open(model)) {
      assertThat(loaded.warmUp()).isEqualTo(2);
    }
    try (ServedModel served = ServedModel.open(base, NEVER)) {
      warmUp(ServedFolder.publish(base, "2"), good, NpyArray.of(new float[2], 1, 2));
      served.refresh();
      assertThat(served.available()).containsExactly(1L);
      assertThat(served.status().get(0).message())
          .contains("the model does not answer its warm-up requests", "record 1", "'x'");
    }
    Files.write(model.resolve(ModelFiles.WARM_UP), new byte[] {1, 2, 3});
    try (LoadedModel loaded = LoadedModel.open(model)) {
      assertThatThrownBy(loaded::warmUp)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a server refuses the model");
    }
  }

  private static void warmUp(Path model, NpyArray... inputs) throws IOException {
    Files.createDirectories(model.resolve(ModelFiles.EXTRA));
    try (TfRecordWriter writer =
        new TfRecordWriter(Files.newOutputStream(model.resolve(ModelFiles.WARM_UP)))) {
      for (NpyArray input : inputs) {
        Map<String, TensorProto> fed = Map.of("x", TensorProtos.of(input, 1));
        writer.write(new WarmupRecord("dense", "", fed).toBytes());
      }
      writer.write(new byte[] {0x0a, 0}); // a request to classify, which is left out
    }
  }
}
