// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.TfRecordReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** What lies beside an exported model for a server. */
class ServingFilesTest {
  @TempDir static Path shared;

  private static ExportRequest request;
  private static Path model;

  @BeforeAll
  static void exportOnce() {
    request = SmallModel.request(shared.resolve("small"));
    model = Exporter.export(request).versionFolder();
  }

  @Test
  void warmUpRecordsAreThePredictionLogsOfEverySignatureAndBatchSize() throws IOException {
    float[] pixels = image(request.references().get(0)).floats();
    List<String> found = new ArrayList<>();
    for (byte[] record : TfRecordReader.readAll(model.resolve(ModelFiles.WARM_UP))) {
      // read with the generic reader of messages, by the numbers of the server's definitions
      UnknownFieldSet log = UnknownFieldSet.parseFrom(record);
      assertThat(log.asMap().keySet()).containsExactly(6);
      UnknownFieldSet predict = message(log, 6);
      assertThat(predict.asMap().keySet()).containsExactly(1);
      UnknownFieldSet sent = message(predict, 1);
      assertThat(sent.asMap().keySet()).containsExactly(1, 2);
      UnknownFieldSet spec = message(sent, 1);
      assertThat(spec.asMap().keySet()).containsExactly(1, 3);
      assertThat(bytes(spec, 1).toStringUtf8()).isEqualTo("small");
      UnknownFieldSet input = message(sent, 2);
      assertThat(bytes(input, 1).toStringUtf8()).isEqualTo("image");
      TensorProto tensor = TensorProto.parseFrom(bytes(input, 2));
      assertThat(tensor.getDtype()).isEqualTo(DataType.DT_FLOAT);
      List<Long> shape =
          tensor.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
      int batch = Math.toIntExact(shape.get(0));
      assertThat(shape.subList(1, 4)).containsExactly(4L, 4L, 2L);
      float[] values = new float[batch * 32];
      tensor
          .getTensorContent()
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      for (int i = 0; i < values.length; i++) {
        // the rows of the reference case over and over
        assertThat(values[i]).isEqualTo(pixels[i % pixels.length]);
      }
      found.add(bytes(spec, 3).toStringUtf8() + " " + batch);
    }

    assertThat(found)
        .containsExactly(
            "serving_default 1",
            "serving_default 8",
            "serving_default 32",
            "features 1",
            "features 8",
            "features 32");
  }

  @Test
  void requestsAndAnswersAreTheReferenceCase() throws IOException {
    ReferenceCase first = request.references().get(0);
    JsonElement sent = json(ServingFiles.request("serving_default"));
    JsonElement answer = json(ServingFiles.answer("serving_default"));

    assertThat(sent.getAsJsonObject().get("signature_name").getAsString())
        .isEqualTo("serving_default");
    List<Float> pixels = new ArrayList<>();
    flatten(sent.getAsJsonObject().get("instances"), pixels);
    assertThat(pixels).isEqualTo(boxed(image(first).floats()));
    List<Float> logits = new ArrayList<>();
    for (JsonElement row : answer.getAsJsonObject().getAsJsonArray("predictions")) {
      assertThat(row.getAsJsonObject().keySet()).containsExactly("logits", "class");
      flatten(row.getAsJsonObject().get("logits"), logits);
    }
    assertThat(logits)
        .isEqualTo(boxed(Objects.requireNonNull(first.outputs().get("logits")).floats()));
    assertThat(model.resolve("assets.extra/requests/features.expected.json")).exists();
  }

  @Test
  void theManifestListsEveryFileButItself() throws IOException {
    List<String> files =
        ModelFiles.all(model).stream().map(file -> model.relativize(file).toString()).toList();

    assertThat(Manifest.read(model).files().keySet())
        .containsExactlyInAnyOrderElementsOf(
            files.stream().filter(file -> !file.equals(Manifest.PATH)).toList())
        .contains(ModelFiles.WARM_UP, ModelFiles.README, ModelFiles.BATCHING);
  }

  @Test
  void theReadmeNamesThisModel() throws IOException {
    assertThat(Files.readString(model.resolve(ModelFiles.README)))
        .contains(
            "| `serving_default` | `image` float32 [-1, 4, 4, 2] |"
                + " `logits` float32 [-1, 3]<br>`class` int64 [-1] |",
            "-v \"$PWD:/models/small/$version:ro\" -e MODEL_NAME=small tensorflow/serving",
            "curl -d @assets.extra/requests/features.json \\\n"
                + "  http://localhost:8501/v1/models/small/versions/$version:predict",
            "1.0E-5 + 1.0E-4 times");
    assertThat(Files.readString(model.resolve(ModelFiles.MODELS)))
        .contains("name: 'small'", "base_path: '/models/small'");
  }

  @Test
  void aServerMayFillUpRequestsOnlyWhereTheModelGetsTheLengths() {
    Manifest.TensorEntry ids = entry(-1L, -1L);
    Manifest.TensorEntry row = entry(-1L);
    Manifest.SignatureEntry fixed = signature(Map.of("image", entry(-1L, 4L)));
    Manifest.SignatureEntry open = signature(Map.of("ids", ids));
    Manifest.SignatureEntry known = signature(Map.of("ids", ids, "lengths", row));

    assertThat(ServerConfig.batching(Map.of("a", fixed)))
        .contains("max_batch_size { value: 32 }", "allowed_batch_sizes: 8\n")
        .doesNotContain("pad_");
    assertThat(ServerConfig.batching(Map.of("a", fixed, "b", known)))
        .endsWith("pad_variable_length_inputs: true\n");
    assertThat(ServerConfig.batching(Map.of("b", known, "c", open)))
        .contains("# c takes no lengths")
        .endsWith("pad_variable_length_inputs: false\n");
  }

  @Test
  void examplesAreTheLargestOfModerateSize() {
    ReferenceCase small = zeros(10);
    ReferenceCase medium = zeros(5_000);
    ReferenceCase large = zeros(20_000);

    assertThat(ExampleCases.choose(List.of(small, medium, large))).containsExactly(medium);
    assertThat(ExampleCases.choose(List.of(large, medium, small))).containsExactly(medium);
    assertThat(ExampleCases.choose(List.of(large, zeros(30_000)))).containsExactly(large);
  }

  private static ReferenceCase zeros(int size) {
    NpyArray array = NpyArray.of(new float[size], 1, size);
    return new ReferenceCase("s", Map.of("x", array), Map.of("y", array));
  }

  private static Manifest.TensorEntry entry(Long... shape) {
    return new Manifest.TensorEntry("t:0", "DT_INT32", List.of(shape));
  }

  private static Manifest.SignatureEntry signature(Map<String, Manifest.TensorEntry> inputs) {
    return new Manifest.SignatureEntry(new LinkedHashMap<>(inputs), Map.of());
  }

  private static NpyArray image(ReferenceCase one) {
    return Objects.requireNonNull(one.inputs().get("image"));
  }

  private static JsonElement json(String path) throws IOException {
    return JsonParser.parseString(Files.readString(model.resolve(path)));
  }

  private static void flatten(JsonElement element, List<Float> into) {
    if (element.isJsonArray()) {
      element.getAsJsonArray().forEach(each -> flatten(each, into));
    } else {
      into.add(element.getAsFloat());
    }
  }

  private static List<Float> boxed(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static ByteString bytes(UnknownFieldSet of, int field) {
    return of.getField(field).getLengthDelimitedList().get(0);
  }

  private static UnknownFieldSet message(UnknownFieldSet of, int field)
      throws InvalidProtocolBufferException {
    return UnknownFieldSet.parseFrom(bytes(of, field));
  }
}
