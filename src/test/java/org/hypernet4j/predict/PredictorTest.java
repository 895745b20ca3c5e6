// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.export.verify.OutputTensors;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Calls by arrays and tensors: {@code image [-1, 4, 4, 2] -> logits [-1, 3], class [-1]}. */
class PredictorTest {
  @TempDir static Path folder;
  private static final Path FOREIGN = Path.of("src/test/resources/export/foreign");
  private static final int PIXELS = 4 * 4 * 2;
  private static Path version;
  private static Predictor model;
  private static ReferenceCase recorded;

  @BeforeAll
  static void export() {
    version = Exporter.export(SmallModel.request(folder.resolve("small"))).versionFolder();
    model = Predictor.open(version);
    recorded = ReferenceFiles.read(version).get(0);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static NpyArray images(int count) {
    float[] pixels = new float[count * PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(i);
    }
    return NpyArray.of(pixels, count, 4, 4, 2);
  }

  private static float[] floats(Map<String, NpyArray> answer, String name) {
    return Objects.requireNonNull(answer.get(name)).floats();
  }

  /** Expected: what the session that was trained gave, recorded at export. */
  @Test
  void answersAreThoseThatWereRecorded() {
    Map<String, NpyArray> answer = model.predict(recorded.inputs());
    assertThat(answer.keySet()).containsExactlyInAnyOrder("logits", "class");
    assertThat(floats(answer, "logits"))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(floats(recorded.outputs(), "logits"));
    assertThat(answer.get("class")).isEqualTo(recorded.outputs().get("class"));
    Map<String, NpyArray> some =
        model.predict("serving_default", recorded.inputs(), List.of("class"));
    assertThat(some).isEqualTo(Map.of("class", answer.get("class")));
  }

  @Test
  void theDescriptionSaysWhatCanBeCalled() {
    ModelDescription described = model.description();
    assertThat(described.name()).isEqualTo("small");
    assertThat(described.version()).isEqualTo(1);
    assertThat(described.signatures().keySet())
        .containsExactlyInAnyOrder("serving_default", "features");
    SignatureDescription signature =
        Objects.requireNonNull(described.signatures().get("serving_default"));
    assertThat(signature.inputs().get("image"))
        .isEqualTo(
            new TensorDescription(
                org.tensorflow.proto.DataType.DT_FLOAT, new long[] {-1, 4, 4, 2}));
    assertThat(signature.outputs().get("class")).hasToString("DT_INT64 [-1]");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertRefused("serving_default", Map.of("image", images(1).floats()), "float32 [32]");
    assertRefused("serving_default", Map.of("picture", new float[1]), "expected [image]");
    assertRefused("translate", Map.of("image", new float[1]), "has no signature 'translate'");
    assertThatThrownBy(() -> model.predict("serving_default", recorded.inputs(), List.of("digit")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no output 'digit'");
    assertThatThrownBy(() -> model.predict("serving_default", recorded.inputs(), List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no output is wanted");
  }

  private static void assertRefused(String key, Map<String, float[]> flat, String message) {
    Map<String, NpyArray> inputs = new HashMap<>();
    flat.forEach((name, values) -> inputs.put(name, NpyArray.of(values, values.length)));
    assertThatThrownBy(() -> model.predict(key, inputs))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  /** What was handed in may be changed afterwards, and what was handed out is the caller's. */
  @Test
  void answersAreNobodyElses() {
    NpyArray one = images(1);
    Map<String, NpyArray> first = model.predict(Map.of("image", one));
    float[] logits = floats(first, "logits");
    float[] kept = logits.clone();
    Arrays.fill(logits, 7);
    assertThat(floats(first, "logits")).isEqualTo(kept);
    assertThat(floats(model.predict(Map.of("image", one)), "logits")).isEqualTo(kept);
  }

  @Test
  void tensorsAreCalledWithoutACopy() {
    try (TFloat32 image = TFloat32.tensorOf(Shape.of(2, 4, 4, 2));
        OutputTensors answer = model.predictTensors("serving_default", Map.of("image", image))) {
      assertThat(answer.names()).containsExactlyInAnyOrder("logits", "class");
      assertThat(answer.get("logits").shape()).isEqualTo(Shape.of(2, 3));
      assertThatThrownBy(() -> answer.get("digit"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("there is no output 'digit'");
    }
    try (TFloat32 flat = TFloat32.tensorOf(Shape.of(2, 32));
        TFloat32 empty = TFloat32.tensorOf(Shape.of(0, 4, 4, 2));
        TString text = TString.scalarOf("7")) {
      for (org.tensorflow.types.family.TType wrong : List.of(flat, empty, text)) {
        assertThatThrownBy(() -> model.predictTensors("serving_default", Map.of("image", wrong)))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("'image'");
      }
      assertThatThrownBy(() -> model.predictTensors("serving_default", Map.of("x", flat)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("its inputs are others");
      assertThatThrownBy(() -> model.predictTensors("none", Map.of("x", flat)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("has no signature 'none'");
    }
  }

  /** Expected: printed by make_models.py beside the models. */
  @Test
  void textsOfOthersModels() throws IOException {
    try (Predictor words = Predictor.open(FOREIGN.resolve("words"));
        TString text = TString.tensorOf(NdArrays.vectorOfObjects("sat", "cat", "dog"));
        OutputTensors answer = words.predictTensors("ids", Map.of("text", text))) {
      TInt64 ids = (TInt64) answer.get("ids");
      assertThat(List.of(ids.getLong(0), ids.getLong(1), ids.getLong(2)))
          .containsExactly(2L, 41L, -1L);
      assertThat(words.description().name()).isEqualTo("words");
      assertThat(words.description().version()).isZero();
    }
  }

  /** Every call leaves an event while a recording runs. */
  @Test
  void callsAreEventsOfTheFlightRecorder() throws IOException {
    List<RecordedEvent> events = new ArrayList<>();
    Path file = folder.resolve("calls.jfr");
    Predictor own = Predictor.open(version);
    try (Recording recording = new Recording()) {
      recording.enable("org.hypernet4j.Prediction");
      recording.start();
      own.predict(Map.of("image", images(3)));
      assertThatThrownBy(() -> own.predict("features", Map.of("image", NpyArray.of(new int[1]))))
          .isInstanceOf(UserError.class);
      try (TFloat32 image = TFloat32.tensorOf(Shape.of(2, 4, 4, 2))) {
        own.predictTensors("features", Map.of("image", image)).close();
      }
      own.close();
      assertThatThrownBy(() -> own.predict(Map.of("image", images(1))))
          .isInstanceOf(IllegalStateException.class);
      recording.stop();
      recording.dump(file);
    }
    RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("org.hypernet4j.Prediction"))
        .sorted(java.util.Comparator.comparing(RecordedEvent::getStartTime))
        .forEach(events::add);

    assertThat(events)
        .extracting(event -> event.getString("outcome"))
        .containsExactly("ok", "refused", "ok", "closed");
    assertThat(events).extracting(event -> event.getLong("rows")).containsExactly(3L, 1L, 2L, 1L);
    assertThat(events)
        .extracting(event -> event.getString("signature"))
        .containsExactly("serving_default", "features", "features", "serving_default");
    assertThat(events).allSatisfy(event -> assertThat(event.getString("model")).isEqualTo("small"));
    assertThat(events).allSatisfy(event -> assertThat(event.getLong("version")).isEqualTo(1));
    assertThat(events.get(0).getDuration()).isPositive();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void closingWaitsForThoseThatCall() throws Exception {
    Predictor own = Predictor.open(version);
    CountDownLatch called = new CountDownLatch(40);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    float[] expected = floats(own.predict(Map.of("image", images(2))), "logits");
    try {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        callers.add(
            pool.submit(
                () -> {
                  int calls = 0;
                  try {
                    while (true) {
                      float[] logits = floats(own.predict(Map.of("image", images(2))), "logits");
                      assertThat(logits).isEqualTo(expected);
                      calls++;
                      called.countDown();
                    }
                  } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("is closed");
                  }
                  return calls;
                }));
      }
      called.await();
      own.close();
      int calls = 0;
      for (Future<Integer> caller : callers) {
        calls += caller.get();
      }
      assertThat(calls).isGreaterThanOrEqualTo(40);
      own.close(); // a second time does nothing
    } finally {
      pool.shutdownNow();
    }
  }

  /** The short form of the campaign's million calls: TensorFlow's memory is freed call by call. */
  @Test
  void memoryStaysLevel() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/status")), "the memory is read from Linux's /proc");
    Map<String, NpyArray> inputs = Map.of("image", images(64));
    long warm = 0;
    for (int call = 0; call < 20_000; call++) {
      if (call == 4_000) {
        warm = residentKib();
      }
      model.predict(inputs);
    }
    // 16,000 calls that forgot their 8 KiB of input would be 128 MiB
    assertThat(residentKib() - warm).isLessThan(64 << 10);
  }

  private static long residentKib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
