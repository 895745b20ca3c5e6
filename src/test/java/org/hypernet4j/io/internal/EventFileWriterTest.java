// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.Summary;

/** That the real TensorBoard reads these files is python-compat-tests/test_tensorboard.py. */
class EventFileWriterTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1234567890L, 500_000_000), ZoneOffset.UTC);

  @TempDir Path folder;

  private static List<Event> events(Path file) throws InvalidProtocolBufferException {
    List<Event> events = new ArrayList<>();
    for (byte[] record : TfRecordReader.readAll(file)) {
      events.add(Event.parseFrom(record));
    }
    return events;
  }

  private static Summary.Value onlyValue(Event event) {
    assertThat(event.getSummary().getValueCount()).isOne();
    return event.getSummary().getValue(0);
  }

  @Test
  void startsWithTheVersionInAFileThatTensorBoardFinds() throws IOException {
    Path run = folder.resolve("runs/1");
    try (EventFileWriter writer = EventFileWriter.open(run, "s.1", CLOCK)) {
      assertThat(writer.file().getParent()).isEqualTo(run);
      assertThat(writer.file().getFileName().toString())
          .matches("events\\.out\\.tfevents\\.1234567890\\.[A-Za-z0-9_.-]+\\.s\\.1");
      Event first = events(writer.file()).get(0);
      assertThat(first.getFileVersion()).isEqualTo("brain.Event:2");
      assertThat(first.getWallTime()).isEqualTo(1234567890.5);
    }
  }

  @Test
  void writesScalarsAndTexts() throws IOException {
    EventFileWriter writer = EventFileWriter.open(folder, "s", CLOCK);
    writer.scalar("loss", 7, 0.1);
    writer.flush();
    assertThat(events(writer.file())).hasSize(2);
    writer.text("config", 8, "**größer**");
    writer.close();
    writer.close();

    List<Event> events = events(writer.file());
    assertThat(events).hasSize(3);
    assertThat(events.get(1).getStep()).isEqualTo(7);
    assertThat(events.get(1).getWallTime()).isEqualTo(1234567890.5);
    assertThat(onlyValue(events.get(1)).getTag()).isEqualTo("loss");
    assertThat(onlyValue(events.get(1)).getSimpleValue()).isEqualTo(0.1f);
    assertThat(onlyValue(events.get(2)).getMetadata().getPluginData().getPluginName())
        .isEqualTo("text");
    assertThat(onlyValue(events.get(2)).getTensor().getStringVal(0).toStringUtf8())
        .isEqualTo("**größer**");
    assertThatThrownBy(() -> writer.scalar("loss", 9, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void putsEveryValueIntoItsBucket() throws IOException {
    // -15, -14, ..., 15: thirty buckets of width 1, the last closed at both ends
    float[] values = new float[31];
    IntStream.rangeClosed(-15, 15).forEach(i -> values[i + 15] = i);
    EventFileWriter writer = EventFileWriter.open(folder, "s", CLOCK);
    writer.histogram("kernel", 3, values);
    writer.close();
    HistogramProto histogram = onlyValue(events(writer.file()).get(1)).getHisto();
    assertThat(histogram.getMin()).isEqualTo(-15);
    assertThat(histogram.getMax()).isEqualTo(15);
    assertThat(histogram.getNum()).isEqualTo(31);
    assertThat(histogram.getSum()).isZero();
    assertThat(histogram.getSumSquares()).isEqualTo(2 * 1240.0); // 1 + 4 + ... + 225 = 1240
    assertThat(histogram.getBucketLimitList())
        .containsExactlyElementsOf(
            IntStream.rangeClosed(-14, 15).mapToObj(Double::valueOf).toList());
    assertThat(histogram.getBucketList()).hasSize(30).endsWith(2.0);
    assertThat(histogram.getBucketList().subList(0, 29)).containsOnly(1.0);
  }

  @Test
  void countsValuesThatAreNotFiniteApart() throws IOException {
    EventFileWriter writer = EventFileWriter.open(folder, "s", CLOCK);
    writer.histogram("w", 1, new float[] {2, Float.NaN, 2, Float.POSITIVE_INFINITY});
    writer.histogram("w", 2, new float[] {Float.NaN});
    writer.close();
    List<Event> events = events(writer.file());
    assertThat(events).hasSize(4);
    assertThat(onlyValue(events.get(1)).getHisto().getBucketList()).containsExactly(2.0);
    assertThat(onlyValue(events.get(1)).getHisto().getBucketLimitList()).containsExactly(2.0);
    assertThat(onlyValue(events.get(2)).getTag()).isEqualTo("w/not_finite");
    assertThat(onlyValue(events.get(2)).getSimpleValue()).isEqualTo(2);
    assertThat(onlyValue(events.get(3)).getSimpleValue()).isEqualTo(1);
    assertThatThrownBy(() -> writer.histogram("w", 3, new float[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInterruptedThreadStillWrites() throws IOException {
    Thread.currentThread().interrupt();
    EventFileWriter writer = EventFileWriter.open(folder, "s", CLOCK);
    writer.scalar("loss", 1, 1);
    writer.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(events(writer.file())).hasSize(2);
  }

  @Test
  void twoWritersOfOneRunDoNotMeet() {
    try (EventFileWriter first = EventFileWriter.open(folder);
        EventFileWriter second = EventFileWriter.open(folder)) {
      assertThat(first.file()).isNotEqualTo(second.file());
    }
  }

  @Test
  void namesTheFileThatCannotBeWritten() throws IOException {
    EventFileWriter.open(folder, "s", CLOCK).close();
    assertThatThrownBy(() -> EventFileWriter.open(folder, "s", CLOCK))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("TensorBoard events cannot be written");
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> EventFileWriter.open(file, "s", CLOCK))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file.toString());
  }

  /** Leaves a folder for test_tensorboard.py: HYPERNET4J_EVENTS=target/tensorboard-sample. */
  @Test
  void leavesASampleForTheRealTensorBoard() throws IOException {
    Path sample = Path.of("target", "tensorboard-sample");
    AtomicFiles.deleteRecursively(sample);
    try (EventFileWriter writer = EventFileWriter.open(sample, "sample", CLOCK)) {
      for (int step = 0; step < 100; step++) {
        writer.scalar("loss/train", step, 1.0 / (step + 1));
        if (step % 10 == 0) {
          float[] values = new float[1000];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i) * (step + 1);
          }
          writer.histogram("kernel", step, values);
        }
      }
      writer.text("config", 0, "sample");
    }
    String expected =
        """
        {"scalars": {"loss/train": {"0": 1.0, "3": 0.25, "99": 0.01}},
         "histograms": {"kernel": {"0": 1000, "90": 1000}}, "texts": {"config": "sample"}}
        """;
    AtomicFiles.writeString(sample.resolve("expected.json"), expected);
    assertThat(sample.resolve("expected.json")).exists();
    try (var files = Files.list(sample)) {
      assertThat(files).hasSize(2);
    }
  }
}
