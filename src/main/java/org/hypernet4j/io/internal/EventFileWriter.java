// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Writes event files for TensorBoard: scalars, histograms and texts by tag and step.
 *
 * <p>One writer creates one file {@code events.out.tfevents.<seconds>.<host>.<suffix>} in its
 * folder. A resumed run opens a new writer on the same folder; TensorBoard joins the files. The
 * file grows while TensorBoard watches, so unlike other files here it is not written atomically; a
 * reader sees whole records up to the last {@link #flush}.
 *
 * <p>Safe for use by several threads. Every method throws {@link UserError} if writing fails.
 *
 * <pre>{@code
 * try (EventFileWriter events = EventFileWriter.open(runFolder)) {
 *   events.scalar("loss/train", step, loss);
 *   events.flush();
 * }
 * }</pre>
 */
public final class EventFileWriter implements AutoCloseable {
  private static final String FILE_VERSION = "brain.Event:2";
  private static final AtomicInteger OPENED = new AtomicInteger();

  private final Path file;
  private final Clock clock;
  private final TfRecordWriter records;
  private boolean closed;

  private EventFileWriter(Path file, Clock clock, OutputStream out) {
    this.file = file;
    this.clock = clock;
    this.records = new TfRecordWriter(out);
  }

  /** Opens a new event file with a suffix that no other writer on this machine uses. */
  public static EventFileWriter open(Path folder) {
    return open(
        folder, ProcessHandle.current().pid() + "." + OPENED.getAndIncrement(), Clock.systemUTC());
  }

  /**
   * Opens a new event file and writes the version that TensorBoard looks for.
   *
   * @param folder created if it does not exist
   * @param suffix last part of the file's name; letters, digits, dots, dashes
   * @param clock supplies the wall time of each event
   * @throws UserError when the file exists or cannot be created
   */
  public static EventFileWriter open(Path folder, String suffix, Clock clock) {
    Instant now = clock.instant();
    Path file =
        folder.resolve(
            "events.out.tfevents.%010d.%s.%s"
                .formatted(now.getEpochSecond(), HostName.local(), suffix));
    try {
      Files.createDirectories(folder);
      Files.createFile(file);
    } catch (IOException e) {
      throw failed(file, e);
    }
    boolean begun = false;
    // not a channel: a channel of an interrupted thread closes itself
    OutputStream out = null;
    try {
      out = new FileOutputStream(file.toFile());
      EventFileWriter writer =
          new EventFileWriter(file, clock, new BufferedOutputStream(out, 1 << 16));
      writer.write(Event.newBuilder().setFileVersion(FILE_VERSION), now);
      writer.flush();
      begun = true;
      return writer;
    } catch (IOException e) {
      throw failed(file, e);
    } finally {
      if (!begun) {
        giveUp(file, out);
      }
    }
  }

  /** Deletes an empty file, which TensorBoard would take for a run. */
  private static void giveUp(Path file, @Nullable OutputStream out) {
    try {
      if (out != null) {
        out.close();
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // the original failure is the one to report
    }
  }

  /** The file that this writer writes. */
  public Path file() {
    return file;
  }

  /** Adds a point to the curve {@code tag}. TensorBoard keeps scalars as 32-bit floats. */
  public void scalar(String tag, long step, double value) {
    write(step, Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
  }

  /**
   * Adds the distribution of {@code values} to the histogram {@code tag}.
   *
   * <p>Values that are not finite have no place in a histogram: they are left out, and their number
   * appears as the scalar {@code <tag>/not_finite}.
   *
   * @param values at least one, in any order
   */
  public void histogram(String tag, long step, float[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a histogram of no values: " + tag);
    }
    Histogram histogram = new Histogram(values);
    if (histogram.finite() > 0) {
      write(step, Summary.Value.newBuilder().setTag(tag).setHisto(histogram.toProto()));
    }
    if (histogram.finite() < values.length) {
      scalar(tag + "/not_finite", step, values.length - histogram.finite());
    }
  }

  /** Adds a text, which TensorBoard reads as Markdown. */
  public void text(String tag, long step, String markdown) {
    SummaryMetadata.Builder metadata =
        SummaryMetadata.newBuilder()
            .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text"));
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .addStringVal(ByteString.copyFromUtf8(markdown));
    write(step, Summary.Value.newBuilder().setTag(tag).setMetadata(metadata).setTensor(tensor));
  }

  /** Flushes everything written so far to the operating system, where TensorBoard sees it. */
  public synchronized void flush() {
    try {
      records.flush();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      records.close();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private void write(long step, Summary.Value.Builder value) {
    write(
        Event.newBuilder().setStep(step).setSummary(Summary.newBuilder().addValue(value)),
        clock.instant());
  }

  private synchronized void write(Event.Builder event, Instant time) {
    if (closed) {
      throw new IllegalStateException("already closed: " + file);
    }
    event.setWallTime(time.getEpochSecond() + time.getNano() / 1e9);
    try {
      records.write(event.build().toByteArray());
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static UserError failed(Path file, IOException cause) {
    return UserError.in(file)
        .what("TensorBoard events cannot be written")
        .received(cause)
        .next("check the folder's permissions and free space")
        .cause(cause)
        .build();
  }
}
