// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.NotVerifiedException;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

class ExporterTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static ExportRequest request;
  private static ExportResult result;

  @BeforeAll
  static void exportOnce() {
    request = SmallModel.request(shared.resolve("not/yet/there"));
    result = Exporter.export(request);
  }

  @Test
  void aFreshJvmReproducesTheReferenceOutputs() {
    assertThat(result.report().verified()).isTrue();
    // two outputs in two cases of one signature, one in the other
    assertThat(result.report().outputs()).hasSize(5);
    assertThat(result.report().parameters()).isEqualTo(request.values().size());
    assertThat(result.maxAbsDifference()).isLessThanOrEqualTo(1e-5);
    assertThat(result.report().model()).isEqualTo(result.versionFolder());
    assertThat(result.version()).isEqualTo("1");
  }

  @Test
  void everyVariableLoadsWithTheBitsThatWereExported() {
    try (SavedModelBundle bundle = SavedModelBundle.load(result.versionFolder().toString())) {
      Map<String, String> reads = ModelVariables.readTensors(bundle.metaGraphDef());
      assertThat(reads.keySet()).containsExactlyInAnyOrderElementsOf(request.values().keySet());
      reads.forEach(
          (name, tensor) -> {
            try (Result fetched = bundle.session().runner().fetch(tensor).run()) {
              assertThat(TensorArrays.toArray(fetched.get(0)).floats())
                  .isEqualTo(request.values().get(name));
            }
          });
    }
  }

  @Test
  void theGraphHasNothingOfTrainingInItAndTheLayoutThatLoadersWant() {
    try (SavedModelBundle bundle = SavedModelBundle.load(result.versionFolder().toString())) {
      MetaGraphDef model = bundle.metaGraphDef();
      assertThat(model.getMetaInfoDef().getTagsList()).containsExactly("serve");
      assertThat(model.getMetaInfoDef().getStrippedDefaultAttrs()).isTrue();
      assertThat(model.getMetaInfoDef().getTensorflowVersion()).isNotEmpty();
      assertThat(model.getSaverDef().getFilenameTensorName()).isEqualTo("save/filename:0");
      assertThat(model.getSaverDef().getSaveTensorName()).isEqualTo("save/control_dependency");
      assertThat(model.getSaverDef().getRestoreOpName()).isEqualTo("save/restore_all");
      assertThat(model.getCollectionDefMap().keySet())
          .containsExactlyInAnyOrder("variables", "trainable_variables");
      assertThat(
              model.getCollectionDefOrThrow("trainable_variables").getBytesList().getValueCount())
          .isEqualTo(request.values().size() - 1);
      assertThat(model.getSignatureDefMap().keySet())
          .containsExactlyInAnyOrder("serving_default", "features");
      assertThat(model.getGraphDef().getNodeList())
          .allSatisfy(node -> assertThat(node.getDevice()).isEmpty())
          .extracting(NodeDef::getOp)
          .doesNotContain("StatelessRandomNormalV2", "VariableV2")
          .filteredOn("Placeholder"::equals)
          // the image and the saver's file name
          .hasSize(2);
    }
  }

  @Test
  void theSizeIsThatOfTheParametersAndLittleMore() throws IOException {
    assertThat(result.parameters())
        .isEqualTo(request.values().values().stream().mapToLong(v -> v.length).sum());
    assertThat(result.bytes()).isLessThan(4 * result.parameters() + (1 << 20));
    try (Stream<Path> files = Files.walk(result.versionFolder())) {
      assertThat(files.filter(Files::isRegularFile).mapToLong(ExporterTest::size).sum())
          .isEqualTo(result.bytes());
    }
  }

  @Test
  void versionsCountUpAndWhatAKilledRunLeftIsNoMatter() throws IOException {
    Path half = Files.createDirectories(folder.resolve(".export-dead/variables"));
    Files.writeString(half.resolve("variables.index"), "half");
    Files.createDirectory(folder.resolve("0041"));
    Files.createDirectory(folder.resolve("9-not-a-version"));

    ExportResult next = Exporter.export(SmallModel.request(folder));

    assertThat(next.versionFolder()).isEqualTo(folder.resolve("42"));
    assertThat(half.resolve("variables.index")).hasContent("half");
    assertThat(children(folder))
        .containsExactlyInAnyOrder(".export-dead", "0041", "9-not-a-version", "42");
  }

  @Test
  void equalRequestsGiveEqualGraphs() {
    ExportResult second = Exporter.export(SmallModel.request(shared.resolve("not/yet/there")));

    assertThat(second.version()).isEqualTo("2");
    assertThat(second.versionFolder().resolve("saved_model.pb"))
        .hasSameBinaryContentAs(result.versionFolder().resolve("saved_model.pb"));
  }

  @Test
  void aModelThatGivesOtherOutputsIsNotPublished() throws IOException {
    ReferenceCase first = request.references().get(0);
    float[] logits = Objects.requireNonNull(first.outputs().get("logits")).floats();
    logits[4] += 0.001f;
    Map<String, NpyArray> outputs = new LinkedHashMap<>(first.outputs());
    outputs.put("logits", NpyArray.of(logits, SmallModel.BATCH, 3));
    List<ReferenceCase> cases = new ArrayList<>(request.references());
    cases.set(0, new ReferenceCase(first.signature(), first.inputs(), outputs));

    assertThatThrownBy(
            () ->
                Exporter.export(
                    SmallModel.withReferences(
                        SmallModel.request(folder.resolve("models/small")), cases)))
        .isInstanceOf(NotVerifiedException.class)
        .hasMessageContaining("failed its verification and was not published")
        .hasMessageContaining("difference: case 0, serving_default.logits: 1 of 15 numbers");
    assertThat(children(folder)).isEmpty();
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() throws IOException {
    ExportRequest bad = SmallModel.request(folder);
    Objects.requireNonNull(bad.values().get("dense/kernel"))[17] = Float.NaN;

    refused(bad, "dense/kernel: the trained value is not finite", "NaN at flat index 17");
  }

  @Test
  void aForeignPlaceholderIsRefused() throws IOException {
    refused(
        SmallModel.withGraph(
            SmallModel.request(folder),
            store -> {
              List<ServingSignature> good = SmallModel.build(store);
              Ops tf = store.root().child("dropout").tf();
              Placeholder<TFloat32> rate =
                  tf.withName("rate").placeholder(TFloat32.class, Placeholder.shape(shape()));
              return replaceLogits(good, logits -> tf.math.mul(logits, rate));
            }),
        "foreign-placeholder: signature 'serving_default', output 'logits'",
        "'dropout/rate'");
  }

  @Test
  void aScalarOutputAndAFixedBatchAreRefused() throws IOException {
    refused(
        SmallModel.withGraph(
            SmallModel.request(folder),
            store -> {
              List<ServingSignature> good = SmallModel.build(store);
              Ops tf = store.root().tf();
              return replaceLogits(
                  good, logits -> tf.reduceSum(logits, tf.constant(new int[] {0, 1})));
            }),
        "output 'logits' has the shape []",
        "batching needs [-1, ...]");
    refused(
        SmallModel.withGraph(
            SmallModel.request(folder),
            store -> {
              List<ServingSignature> good = SmallModel.build(store);
              Ops tf = store.root().tf();
              return replaceLogits(
                  good, logits -> tf.reshape(logits, tf.constant(new long[] {5, 3})));
            }),
        "output 'logits' has the shape [5, 3]");
  }

  @Test
  void twoSignaturesOfOneKeyAreRefused() throws IOException {
    refused(
        SmallModel.withGraph(
            SmallModel.request(folder),
            store -> {
              List<ServingSignature> good = SmallModel.build(store);
              return List.of(good.get(0), good.get(0));
            }),
        "signature 'serving_default': is there twice");
  }

  @Test
  void valuesOfAnotherModelAreRefused() throws IOException {
    Map<String, float[]> values = new LinkedHashMap<>(SmallModel.request(folder).values());
    values.remove("dense/bias");
    values.put("dense/offset", new float[3]);
    refused(
        SmallModel.withValues(SmallModel.request(folder), values),
        "no value for [dense/bias], no parameter for [dense/offset]");

    Map<String, float[]> shorter = new LinkedHashMap<>(SmallModel.request(folder).values());
    shorter.put("dense/bias", new float[2]);
    refused(
        SmallModel.withValues(SmallModel.request(folder), shorter),
        "dense/bias: the value has the wrong number of entries");
  }

  @Test
  void everySignatureNeedsACaseThatFits() throws IOException {
    ExportRequest good = SmallModel.request(folder);
    refused(
        SmallModel.withReferences(good, good.references().subList(0, 1)),
        "some signatures have no reference case: [features]");
    ReferenceCase first = good.references().get(0);
    refused(
        SmallModel.withReferences(
            good,
            List.of(
                new ReferenceCase(
                    first.signature(),
                    Map.of("image", NpyArray.of(new float[2 * 32], 2, 4, 4, 2)),
                    first.outputs()))),
        "'logits' has another batch size",
        "expected 2, received [5, 3]");
    refused(
        SmallModel.withReferences(
            good,
            List.of(
                new ReferenceCase(
                    first.signature(),
                    Map.of("image", NpyArray.of(new double[5 * 32], 5, 4, 4, 2)),
                    first.outputs()))),
        "input 'image' has the wrong type",
        "expected float32, received float64");
  }

  @Test
  void aTargetThatIsAFileIsRefusedAndLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "mine");

    assertThatThrownBy(() -> Exporter.export(SmallModel.request(file)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("taken: cannot be written to");
    assertThatThrownBy(() -> Exporter.export(SmallModel.request(file.resolve("below"))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be written to");
    assertThat(file).hasContent("mine");
  }

  @Test
  void anExceptionOfTheModelLeavesNothingBehind() throws IOException {
    assertThatThrownBy(
            () ->
                Exporter.export(
                    SmallModel.withGraph(
                        SmallModel.request(folder.resolve("a/b")),
                        store -> {
                          throw new IllegalStateException("layer 3");
                        })))
        .hasMessage("layer 3");
    assertThat(children(folder)).isEmpty();
  }

  @Test
  void namesAreCheckedAtTheDoor() {
    assertThatThrownBy(
            () ->
                new ExportRequest(
                    "a/b", "generated", store -> List.of(), Map.of(), List.of(), folder))
        .hasMessageContaining("cannot be the name of a served model");
    assertThatThrownBy(
            () -> new ExportRequest("a", "folded", store -> List.of(), Map.of(), List.of(), folder))
        .hasMessageContaining("expected generated or baked, received 'folded'");
    assertThatThrownBy(() -> new ServingSignature("__saved_model_init_op", Map.of(), Map.of()))
        .hasMessageContaining("the key is not valid");
    assertThatThrownBy(() -> new ServingSignature("step", Map.of(), Map.of()))
        .hasMessageContaining("at least one input and one output");
  }

  private void refused(ExportRequest bad, String... messages) throws IOException {
    assertThatThrownBy(() -> Exporter.export(bad))
        .isInstanceOf(UserError.class)
        .message()
        .contains(messages);
    assertThat(children(folder)).isEmpty();
  }

  private static List<ServingSignature> replaceLogits(
      List<ServingSignature> good, UnaryOperator<Operand<TFloat32>> change) {
    ServingSignature first = good.get(0);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>(first.outputs());
    @SuppressWarnings("unchecked")
    Operand<TFloat32> logits =
        (Operand<TFloat32>) Objects.requireNonNull(first.outputs().get("logits"));
    outputs.put("logits", change.apply(logits));
    return List.of(new ServingSignature(first.key(), first.inputs(), outputs), good.get(1));
  }

  private static Shape shape() {
    return Shape.scalar();
  }

  private static List<String> children(Path of) throws IOException {
    try (Stream<Path> paths = Files.list(of)) {
      return paths.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
