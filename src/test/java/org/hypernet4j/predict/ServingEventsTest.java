// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.predict.RowSums.row;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators see: meters of Micrometer, events of the flight recorder. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServingEventsTest {
  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final PredictorMetrics metrics = new PredictorMetrics(registry);

  private long calls(String signature, String outcome) {
    return registry
        .get("hypernet4j.predictions")
        .tags("model", "sums", "signature", signature, "outcome", outcome)
        .timer()
        .count();
  }

  /** Runs one call, then two that waited for it, together. */
  private void oneThenTwo(RowSums model, Servable servable) throws Exception {
    model.gate = new CountDownLatch(1);
    ExecutorService callers = Executors.newFixedThreadPool(3);
    List<Future<?>> calls = new ArrayList<>();
    calls.add(callers.submit(() -> servable.predict("sums", row(1, 2))));
    model.reached.await();
    calls.add(callers.submit(() -> servable.predict("sums", row(3, 4))));
    calls.add(callers.submit(() -> servable.predict("sums", row(5, 6))));
    while (registry.get("hypernet4j.queue.rows").gauge().value() < 2) {
      Thread.sleep(1);
    }
    model.gate.countDown();
    for (Future<?> call : calls) {
      assertThat(call.get()).isNotNull();
    }
    callers.shutdown();
  }

  @Test
  void metersOfCallsAndBatches() throws Exception {
    RowSums model = new RowSums();
    MicroBatcher.Settings settings = new MicroBatcher.Settings(8, Duration.ZERO, 100, 1);
    try (Servable servable = metrics.measure(MicroBatcher.of(model, settings, metrics))) {
      oneThenTwo(model, servable);
      assertThatThrownBy(() -> servable.predict("sums", row(1)));
      assertThatThrownBy(() -> servable.predict("sums", row(RowSums.FAILING, 1)));
      servable.predict("translate", row(1, 2));
    }
    assertThat(calls("sums", "ok")).isEqualTo(3);
    assertThat(calls("sums", "bad_input")).isEqualTo(1);
    assertThat(calls("sums", "error")).isEqualTo(1);
    assertThat(calls("unknown", "ok")).isEqualTo(1);
    // 1 and 2 calls of a row each, and the one that failed
    assertThat(registry.get("hypernet4j.batch.rows").summary().totalAmount()).isEqualTo(4);
    assertThat(registry.get("hypernet4j.batch.rows").summary().max()).isEqualTo(2);
    assertThat(registry.get("hypernet4j.batch.calls").summary().count()).isEqualTo(3);
    assertThat(registry.get("hypernet4j.queue.rows").tag("model", "sums").gauge().value()).isZero();
  }

  @Test
  void metersOfVersions() throws IOException {
    ServedFolder.publish(folder, "1");
    ServingSettings settings =
        ServingSettings.DEFAULT.withPoll(Duration.ZERO).withListener(metrics);
    try (ServedModel model = ServedModel.open(folder, settings)) {
      assertThat(ServedFolder.answers(model)).isTrue();
      ServedFolder.publish(folder, "2");
      Files.delete(ServedFolder.publish(folder, "3").resolve("variables/variables.index"));
      model.refresh();
      model.refresh();
    }
    assertThat(registry.get("hypernet4j.model.version").gauge().value()).isEqualTo(2);
    assertThat(registry.get("hypernet4j.model.loads").tag("outcome", "loaded").timer().count())
        .isEqualTo(2);
    assertThat(registry.get("hypernet4j.model.loads").tag("outcome", "refused").timer().count())
        .isEqualTo(1);
    assertThat(registry.get("hypernet4j.predictions").tag("outcome", "ok").timer().count())
        .isEqualTo(1);
  }

  @Test
  void eventsOfTheFlightRecorder() throws Exception {
    RowSums model = new RowSums();
    MicroBatcher.Settings settings = new MicroBatcher.Settings(8, Duration.ZERO, 100, 1);
    Path file = folder.resolve("serving.jfr");
    Path base = Files.createDirectory(folder.resolve("dense"));
    try (Recording recording = new Recording()) {
      recording.start();
      try (MicroBatcher batcher = MicroBatcher.of(model, settings, metrics)) {
        oneThenTwo(model, batcher);
      }
      ServedFolder.publish(base, "4");
      Files.delete(ServedFolder.publish(base, "5").resolve("variables/variables.index"));
      ServedModel.open(base, ServingSettings.DEFAULT.withPoll(Duration.ZERO)).close();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> batches = named(events, "org.hypernet4j.Batch");
    assertThat(batches).extracting(event -> event.getInt("rows")).containsExactly(1, 2);
    assertThat(batches).extracting(event -> event.getInt("calls")).containsExactly(1, 2);
    assertThat(batches)
        .allSatisfy(
            event -> {
              assertThat(event.getString("model")).isEqualTo("sums");
              assertThat(event.getLong("version")).isEqualTo(3);
              assertThat(event.getString("signature")).isEqualTo("sums");
              assertThat(event.getBoolean("apart")).isFalse();
            });
    List<RecordedEvent> loads = named(events, "org.hypernet4j.Reload");
    assertThat(loads).extracting(event -> event.getLong("version")).containsExactly(5L, 4L);
    assertThat(loads)
        .extracting(event -> event.getBoolean("accepted"))
        .containsExactly(false, true);
    assertThat(loads.get(0).getString("error")).contains("variables.index");
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .sorted(Comparator.comparing(RecordedEvent::getStartTime))
        .toList();
  }
}
