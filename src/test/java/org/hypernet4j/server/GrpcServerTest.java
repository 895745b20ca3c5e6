// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.server.ServingProtos.bytes;
import static org.hypernet4j.server.ServingProtos.text;

import com.google.protobuf.Any;
import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.hypernet4j.export.savedmodel.SavedModelFile;
import org.hypernet4j.predict.MicroBatcher;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.ServingSettings;
import org.hypernet4j.predict.VersionPolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * Models of others behind the gRPC interface. {@code dense} computes {@code [x1 + 3 x2 + 5 x3 +
 * 0.5, 2 x1 + 4 x2 + 6 x3 - 0.5]}, {@code half} {@code x / 2 + 2}.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GrpcServerTest {
  private static final Path FOREIGN = Path.of("src/test/resources/export/foreign");
  private static final String STATUS = "tensorflow.serving.ModelService/GetModelStatus";
  private static final String METADATA = "tensorflow.serving.PredictionService/GetModelMetadata";
  private static final String HEALTH = "grpc.health.v1.Health/Check";
  private static final String X123 =
      "inputs { key: 'x' value { dtype: DT_FLOAT tensor_shape { dim { size: 1 } dim { size: 3 } }"
          + " float_val: [1, 2, 3] } }";

  @TempDir static Path folder;
  private static ServedModels models;
  private static GrpcServer server;
  private static GrpcClient client;

  @BeforeAll
  static void serve() throws IOException {
    Path base = folder.resolve("models");
    copy(FOREIGN.resolve("keras_export"), base.resolve("dense/1"));
    copy(FOREIGN.resolve("keras_export"), base.resolve("dense/7"));
    copy(FOREIGN.resolve("keras_export"), base.resolve("dense/9"));
    Files.writeString(base.resolve("dense/9/saved_model.pb"), "no model");
    copy(FOREIGN.resolve("half_plus_two"), base.resolve("half/1"));
    copy(FOREIGN.resolve("words"), base.resolve("words of others/1"));
    copy(FOREIGN.resolve("image_bytes"), base.resolve("image/3"));
    models =
        ServedModels.open(
            base,
            ServingSettings.DEFAULT
                .withVersions(VersionPolicy.ALL)
                .withPoll(Duration.ZERO)
                .withBatching(MicroBatcher.Settings.DEFAULT));
    models.setLabel("dense", "stable", 1);
    server = new GrpcServer(models, ServerSettings.DEFAULT.at("127.0.0.1", 0)).start();
    client = new GrpcClient(server);
  }

  @AfterAll
  static void end() {
    client.close();
    server.close();
    models.close();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static GrpcClient.Answer predict(String text) {
    return client.call(GrpcClient.PREDICT, bytes("PredictRequest", text));
  }

  private static String answer(String text) {
    return text("PredictResponse", predict(text).bytes());
  }

  /** Both messages by python-compat-tests/predict_wire.py, the values from the formula. */
  @Test
  void takesAndGivesTheBytesOfAnotherImplementation() {
    byte[] request =
        HexFormat.of()
            .parseHex(
                "0a1c0a0564656e7365120208011a0f73657276696e675f64656661756c74121f0a0178121a08"
                    + "0112081202080112020803220c0000803f0000004000004040");
    assertThat(client.call(GrpcClient.PREDICT, request).bytes())
        .asHexString()
        .isEqualToIgnoringCase(
            "0a220a086f75747075745f3012160801120812020801120208022a080000b4410000dc41121c0a05"
                + "64656e7365120208011a0f73657276696e675f64656661756c74");
  }

  @Test
  void versionsAndLabelsAreFound() {
    String outputs =
        "outputs { key: \"output_0\" value { dtype: DT_FLOAT tensor_shape { dim { size: 1 } dim {"
            + " size: 2 } } float_val: 22.5 float_val: 27.5 } } model_spec { name: \"dense\""
            + " version { value: %d } signature_name: \"serving_default\" }";

    assertThat(answer("model_spec { name: 'dense' } " + X123)).isEqualTo(outputs.formatted(7));
    assertThat(answer("model_spec { name: 'dense' version { value: 1 } } " + X123))
        .isEqualTo(outputs.formatted(1));
    assertThat(
            answer(
                "model_spec { name: 'dense' version_label: 'stable' signature_name:"
                    + " 'serving_default' } "
                    + X123))
        .isEqualTo(outputs.formatted(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | INVALID_ARGUMENT: Missing ModelSpec
          model_spec { } | INVALID_ARGUMENT: ModelSpec has no name specified.
          model_spec { name: 'other' } | NOT_FOUND: Servable not found for request: Latest(other)
          model_spec { name: 'dense' version { value: 3 } } | NOT_FOUND: Servable not found for request: Specific(dense, 3)
          model_spec { name: 'dense' version { value: 9 } } | NOT_FOUND: Servable not found for request: Specific(dense, 9)
          model_spec { name: 'dense' version { } } | NOT_FOUND: Servable not found for request: Specific(dense, 0)
          model_spec { name: 'dense' version_label: 'canary' } | INVALID_ARGUMENT: Unrecognized servable version label: canary
          model_spec { name: 'dense' signature_name: 'x' } | FAILED_PRECONDITION: Serving signature key "x" not found.
          model_spec { name: 'dense' } | INVALID_ARGUMENT: input size does not match signature: 0!=1 len({}) != len({x}). Sent extra: {}. Missing but required: {x}.
          model_spec { name: 'dense' } inputs { key: 'y' } inputs { key: 'z' } | INVALID_ARGUMENT: input size does not match signature: 2!=1 len({y,z}) != len({x}). Sent extra: {y,z}. Missing but required: {x}.
          model_spec { name: 'dense' } inputs { key: 'x' } | INVALID_ARGUMENT: tensor parsing error: x: tensor: cannot be read from its message; received a type that is not supported here: DT_INVALID [].
          model_spec { name: 'dense' } inputs { key: 'x' value { dtype: DT_FLOAT tensor_shape { dim { size: 1 } dim { size: 3 } } float_val: [1, 2, 3, 4] } } | INVALID_ARGUMENT: tensor parsing error: x: tensor: cannot be read from its message; received not as many values as the shape has places: DT_FLOAT [1, 3].
          model_spec { name: 'dense' } inputs { key: 'x' value { dtype: DT_FLOAT tensor_shape { dim { size: -1 } dim { size: 3 } } } } | INVALID_ARGUMENT: tensor parsing error: x: tensor: cannot be read from its message; received a shape that no tensor here has: DT_FLOAT [-1, 3].
          model_spec { name: 'dense' } inputs { key: 'x' value { dtype: DT_FLOAT tensor_shape { dim { size: 1000000 } dim { size: 3 } } float_val: 1 } } | INVALID_ARGUMENT: tensor parsing error: x: a tensor of more than 1048576 elements needs them all
          model_spec { name: 'dense' } inputs { key: 'x' value { dtype: DT_FLOAT tensor_shape { dim { size: 3 } } float_val: 1 } } | INVALID_ARGUMENT: signature 'serving_default': the input 'x' has another type or shape; expected float32 [?, 3], received float32 [3]. Give an array that fits.
          model_spec { name: 'dense' } inputs { key: 'x' value { dtype: DT_INT64 tensor_shape { dim { size: 1 } dim { size: 3 } } int64_val: 1 } } | INVALID_ARGUMENT: signature 'serving_default': the input 'x' has another type or shape; expected float32 [?, 3], received int64 [1, 3]. Give an array that fits.
          """)
  void refusesInTensorFlowServingsWords(String request, String error) {
    assertThat(predict(request).error()).isEqualTo(error);
  }

  @Test
  void textsForNumbersAreRefused() {
    String error =
        predict(
                "model_spec { name: 'dense' } inputs { key: 'x' value { dtype: DT_STRING"
                    + " tensor_shape { dim { size: 1 } dim { size: 3 } } string_val: ['a', 'b',"
                    + " 'c'] } }")
            .error();
    assertThat(error)
        .startsWith("INVALID_ARGUMENT: signature 'serving_default': the input 'x' has another type")
        .doesNotContain(folder.toString());
  }

  @Test
  void whatIsNoMessageIsToldSo() {
    assertThat(client.call(GrpcClient.PREDICT, new byte[] {0x12, 0x7f}).error())
        .startsWith(
            "INTERNAL: the request is not the message that"
                + " tensorflow.serving.PredictionService/Predict takes: ");
    // a name that is not UTF-8
    assertThat(client.call(STATUS, new byte[] {0x0a, 3, 0x0a, 1, (byte) 0xff}).error())
        .startsWith("INTERNAL: the request is not the message that " + STATUS + " takes: ");
  }

  @Test
  void valuesComeInAnyEncoding() {
    String head =
        "model_spec { name: 'half' } inputs { key: 'x' value { dtype: DT_FLOAT tensor_shape { dim {"
            + " size: 3 } dim { size: 1 } } ";
    // 1 / 2 + 2, 2 / 2 + 2, 5 / 2 + 2
    assertThat(answer(head + "float_val: [1, 2, 5] } }"))
        .contains("float_val: 2.5 float_val: 3.0 float_val: 4.5 }");
    assertThat(
            answer(
                head
                    + "tensor_content:"
                    + " '\\000\\000\\200\\077\\000\\000\\000\\100\\000\\000\\240\\100' } }"))
        .contains("float_val: 2.5 float_val: 3.0 float_val: 4.5 }");
    // the last one stands for those that are left out
    assertThat(answer(head + "float_val: [1, 2] } }"))
        .contains("float_val: 2.5 float_val: 3.0 float_val: 3.0 }");
    assertThat(answer(head + "} }")).contains("float_val: 2.0 float_val: 2.0 float_val: 2.0 }");
    assertThat(answer(head + "float_val: [nan, inf, -inf] } }"))
        .contains("float_val: NaN float_val: Infinity float_val: -Infinity }");
  }

  @Test
  void outputsAreFiltered() {
    String request = "model_spec { name: 'dense' } " + X123;
    assertThat(answer(request + " output_filter: 'output_0'")).isEqualTo(answer(request));
    assertThat(predict(request + " output_filter: 'y'").error())
        .isEqualTo(
            "INVALID_ARGUMENT: output tensor alias not found in signature: y Outputs expected to be"
                + " in the set {output_0}.");
    assertThat(predict(request + " output_filter: ['output_0', 'output_0']").error())
        .isEqualTo("INVALID_ARGUMENT: duplicate output tensor alias: output_0");
  }

  /** The numbers of make_models.py: lines of a file, and 40 more for one of the words. */
  @Test
  void textsGoIn() throws IOException {
    assertThat(
            answer(
                "model_spec { name: 'words of others' signature_name: 'ids' } inputs { key: 'text'"
                    + " value { dtype: DT_STRING tensor_shape { dim { size: 3 } } string_val:"
                    + " ['sat', 'cat', 'dog'] } }"))
        .contains("dtype: DT_INT64 tensor_shape { dim { size: 3 } }")
        .contains("int64_val: 2 int64_val: 41 int64_val: -1");
    // tf.train.Example {x: 4.0}, which 'regress' takes: 4 / 2 + 2
    assertThat(
            answer(
                "model_spec { name: 'half' signature_name: 'regress' } inputs { key: 'inputs' value"
                    + " { dtype: DT_STRING tensor_shape { dim { size: 1 } } string_val:"
                    + " '\\n\\017\\n\\r\\n\\001x\\022\\010\\022\\006\\n\\004\\000\\000\\200@' } }"))
        .contains("tensor_shape { dim { size: 1 } dim { size: 1 } } float_val: 4.0");
    // a picture of one pixel of 100, times 2; a text without axes, a number without axes
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(0, 0, 0, 100);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    assertThat(
            answer(
                "model_spec { name: 'image' } inputs { key: 'png_bytes' value { dtype: DT_STRING"
                    + " tensor_shape { } string_val: '"
                    + com.google.protobuf.TextFormat.escapeBytes(png.toByteArray())
                    + "' } }"))
        .contains("value { dtype: DT_FLOAT tensor_shape { } float_val: 200.0 }")
        .contains("version { value: 3 }");
    assertThat(
            predict(
                    "model_spec { name: 'image' } inputs { key: 'png_bytes' value { dtype:"
                        + " DT_STRING tensor_shape { } string_val: 'no picture' } }")
                .error())
        .startsWith("INVALID_ARGUMENT: ");
  }

  @Test
  void metadataIsThatOfTheFile() throws IOException {
    byte[] answer =
        client
            .call(
                METADATA,
                bytes(
                    "GetModelMetadataRequest",
                    "model_spec { name: 'half' } metadata_field: 'signature_def'"))
            .bytes();
    String told = text("GetModelMetadataResponse", answer);
    assertThat(told)
        .startsWith("model_spec { name: \"half\" version { value: 1 } } metadata { key:")
        .contains("key: \"signature_def\"");
    DynamicMessage message = ServingProtos.message("GetModelMetadataResponse", answer);
    DynamicMessage entry =
        (DynamicMessage)
            ((List<?>) message.getField(message.getDescriptorForType().findFieldByNumber(2)))
                .get(0);
    Any any =
        Any.parseFrom(
            ((DynamicMessage) entry.getField(entry.getDescriptorForType().findFieldByNumber(2)))
                .toByteString());
    assertThat(any.getTypeUrl())
        .isEqualTo("type.googleapis.com/tensorflow.serving.SignatureDefMap");
    DynamicMessage map = ServingProtos.message("SignatureDefMap", any.getValue().toByteArray());
    Map<String, SignatureDef> signatures = new TreeMap<>();
    for (Object each : (List<?>) map.getField(map.getDescriptorForType().findFieldByNumber(1))) {
      DynamicMessage one = (DynamicMessage) each;
      signatures.put(
          (String) one.getField(one.getDescriptorForType().findFieldByNumber(1)),
          SignatureDef.parseFrom(
              ((DynamicMessage) one.getField(one.getDescriptorForType().findFieldByNumber(2)))
                  .toByteString()));
    }
    SavedModel saved = SavedModelFile.read(FOREIGN.resolve("half_plus_two"));
    assertThat(signatures)
        .isEqualTo(new TreeMap<>(saved.getMetaGraphs(0).getSignatureDefMap()))
        .containsOnlyKeys("classify", "regress", "serving_default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          metadata_field: 'signature_def' | INVALID_ARGUMENT: Missing ModelSpec
          model_spec { name: 'half' } | INVALID_ARGUMENT: GetModelMetadataRequest must specify at least one metadata_field
          model_spec { name: 'half' } metadata_field: 'x' | INVALID_ARGUMENT: Metadata field x is not supported
          model_spec { name: 'other' } metadata_field: 'signature_def' | NOT_FOUND: Servable not found for request: Latest(other)
          """)
  void metadataThatIsNotThere(String request, String error) {
    assertThat(client.call(METADATA, bytes("GetModelMetadataRequest", request)).error())
        .isEqualTo(error);
  }

  @Test
  void statusOfAllVersionsOrOfOne() {
    String all =
        text(
            "GetModelStatusResponse",
            client
                .call(STATUS, bytes("GetModelStatusRequest", "model_spec { name: 'dense' }"))
                .bytes());
    // END with FAILED_PRECONDITION or the like, then AVAILABLE twice
    assertThat(all)
        .matches(
            "model_version_status \\{ version: 9 state: 50 status \\{ error_code: [1-9]\\d?"
                + " error_message: \".+\" } } model_version_status \\{ version: 7 state: 30 status"
                + " \\{ } } model_version_status \\{ version: 1 state: 30 status \\{ } }");
    assertThat(
            text(
                "GetModelStatusResponse",
                client
                    .call(
                        STATUS,
                        bytes(
                            "GetModelStatusRequest",
                            "model_spec { name: 'dense' version { value: 7 } }"))
                    .bytes()))
        .isEqualTo("model_version_status { version: 7 state: 30 status { } }");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | INVALID_ARGUMENT: Missing ModelSpec
          model_spec { name: 'other' } | NOT_FOUND: Could not find any versions of model other
          model_spec { name: 'dense' version { value: 3 } } | NOT_FOUND: Could not find version 3 of model dense
          model_spec { name: 'other' version { value: 3 } } | NOT_FOUND: Could not find version 3 of model other
          """)
  void statusThatIsNotThere(String request, String error) {
    assertThat(client.call(STATUS, bytes("GetModelStatusRequest", request)).error())
        .isEqualTo(error);
  }

  @Test
  void healthOfTheServerAndItsServices() {
    for (String service :
        List.of(
            "",
            "tensorflow.serving.PredictionService",
            "tensorflow.serving.ModelService",
            "PredictionService")) {
      byte[] request = bytes("HealthCheckRequest", "service: '" + service + "'");
      assertThat(text("HealthCheckResponse", client.call(HEALTH, request).bytes()))
          .isEqualTo("status: 1");
    }
    assertThat(client.call(HEALTH, bytes("HealthCheckRequest", "service: 'x'")).error())
        .isEqualTo("NOT_FOUND: there is no service x");
  }

  @ParameterizedTest
  @CsvSource({
    "tensorflow.serving.PredictionService/Classify",
    "tensorflow.serving.PredictionService/Regress",
    "tensorflow.serving.PredictionService/MultiInference",
    "tensorflow.serving.ModelService/HandleReloadConfigRequest",
    "tensorflow.serving.PredictionService/Other",
    "other.Service/Predict"
  })
  void methodsThatAreNotOffered(String method) {
    GrpcClient.Answer answer = client.call(method, new byte[0]);
    assertThat(answer.status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(answer.status().getDescription()).isNotBlank();
  }

  @Test
  void compressedRequestsAreRead() {
    GrpcClient.Answer answer =
        client
            .send(
                GrpcClient.PREDICT,
                bytes("PredictRequest", "model_spec { name: 'dense' } " + X123),
                CallOptions.DEFAULT.withCompression("gzip"))
            .answer()
            .join();
    assertThat(text("PredictResponse", answer.bytes())).contains("float_val: 27.5");
  }

  /** Calls are put together on their way: each client gets the rows that are its own. */
  @Test
  void twentyClientsAtATimeGetTheirOwnAnswers() {
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      clients.add(
          CompletableFuture.runAsync(
              () -> {
                try (GrpcClient own = new GrpcClient(server)) {
                  for (int call = 0; call < 20; call++) {
                    float x = number * 100 + call;
                    byte[] request =
                        bytes(
                            "PredictRequest",
                            "model_spec { name: 'half' } inputs { key: 'x' value { dtype: DT_FLOAT"
                                + " tensor_shape { dim { size: 1 } dim { size: 1 } } float_val: "
                                + x
                                + " } }");
                    assertThat(
                            text("PredictResponse", own.call(GrpcClient.PREDICT, request).bytes()))
                        .contains("float_val: " + (x / 2 + 2) + " }");
                  }
                }
              },
              task -> new Thread(task).start()));
    }
    clients.forEach(CompletableFuture::join);
  }
}
