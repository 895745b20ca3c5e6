// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.export.serving.WarmupRecord;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.TfRecordWriter;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.TensorProto;

/** A warm-up file with which a server would refuse the model. */
class WarmupReplayTest extends ExportedModelTest {
  @Test
  void aFlippedByteInTheWarmUpFile() throws IOException {
    flip(model.resolve("assets.extra/tf_serving_warmup_requests"), 100);

    VerificationReport report = Verifier.verify(model);

    assertThat(kinds(report)).contains(Fault.Kind.CHANGED_FILE, Fault.Kind.WARM_UP);
    assertThat(report.faults())
        .extracting(Fault::message)
        .anySatisfy(
            message ->
                assertThat(message)
                    .startsWith("a server refuses the model: ")
                    .contains("broken record at byte 0", "data checksum"));
  }

  @Test
  void warmUpRequestsThatTheModelDoesNotAnswer() throws IOException {
    TensorProto image = TensorProtos.of(NpyArray.of(new float[32], 1, 4, 4, 2), 1);
    TensorProto flat = TensorProtos.of(NpyArray.of(new float[32], 1, 32), 1);
    TensorProto empty = image.toBuilder().clearTensorContent().build();
    TensorProto odd = image.toBuilder().setTensorContent(ByteString.copyFromUtf8("odd")).build();
    warmUp(
        new WarmupRecord("small", "", Map.of("image", image)).toBytes(),
        new WarmupRecord("small", "score", Map.of("image", image)).toBytes(),
        new WarmupRecord("small", "", Map.of("picture", image)).toBytes(),
        new WarmupRecord("small", "", Map.of("image", flat)).toBytes(),
        new WarmupRecord("small", "", Map.of("image", empty)).toBytes(),
        new WarmupRecord("small", "", Map.of("image", odd)).toBytes(),
        new byte[0],
        new byte[] {50, 100});

    VerificationReport report = Verifier.verify(model);

    assertThat(report.warmUps()).isEqualTo(2);
    assertThat(report.faults())
        .filteredOn(fault -> fault.kind() == Fault.Kind.WARM_UP)
        .extracting(Fault::message)
        .satisfiesExactlyInAnyOrder(
            message -> assertThat(message).isEqualTo("record 6 is not a predict request"),
            message -> assertThat(message).startsWith("record 7 is not a request: "),
            message -> assertThat(message).isEqualTo("no record for the signature 'features'"),
            message -> assertThat(message).endsWith("'score': the model has no such signature"),
            message ->
                assertThat(message).endsWith("its inputs are [picture], the signature has [image]"),
            message -> assertThat(message).endsWith("another type or shape than the signature"),
            message -> assertThat(message).contains("not as many values as the shape has"));
  }

  @Test
  void noWarmUpFileAndTooManyRecords() throws IOException {
    byte[][] many = new byte[1001][];
    Arrays.fill(many, new byte[0]);
    warmUp(many);
    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .contains("warm-up: 1001 records, a server takes at most 1000");

    Files.delete(model.resolve("assets.extra/tf_serving_warmup_requests"));
    assertThat(Verifier.verify(model).faults())
        .singleElement()
        .hasToString("missing-file: assets.extra/tf_serving_warmup_requests is not there");
  }

  private void warmUp(byte[]... records) {
    AtomicFiles.write(
        model.resolve("assets.extra/tf_serving_warmup_requests"),
        out -> {
          TfRecordWriter writer = new TfRecordWriter(out);
          for (byte[] record : records) {
            writer.write(record);
          }
        });
  }
}
