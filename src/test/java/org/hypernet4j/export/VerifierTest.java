package org.hypernet4j.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.TfRecordWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;

/** Every way in which a published model can go bad has a name. */
class VerifierTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path original;
  private Path model;

  @BeforeAll
  static void exportOnce() {
    original = Exporter.export(SmallModel.request(shared)).versionFolder();
  }

  @BeforeEach
  void copy() throws IOException {
    model = folder.resolve("1");
    try (Stream<Path> paths = Files.walk(original)) {
      for (Path path : paths.toList()) {
        Files.copy(path, model.resolve(original.relativize(path).toString()));
      }
    }
  }

  @Test
  void aWholeModelHasNoFaults() {
    VerificationReport report = Verifier.verify(model);

    assertThat(report.faults()).isEmpty();
    assertThat(report.parameters()).isEqualTo(8);
    assertThat(report.warmUps()).isEqualTo(2 * 3);
    assertThat(report.timings().warmCall()).isPositive();
    assertThat(VerificationReport.fromJson(report.toJson().toString())).isEqualTo(report);
  }

  @Test
  void changedReferenceOutputs() {
    Path file = model.resolve("assets.extra/reference.npz");
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(file));
    float[] logits = Objects.requireNonNull(arrays.get("case2/outputs/logits")).floats();
    logits[1] += 0.5f;
    arrays.put("case2/outputs/logits", NpyArray.of(logits, 1, 3));
    Npz.write(file, arrays);

    VerificationReport report = FreshJvm.verify(model);

    assertThat(kinds(report)).containsExactly(Fault.Kind.CHANGED_FILE, Fault.Kind.DIFFERENCE);
    assertThat(report.maxAbsDifference()).isCloseTo(0.5, within(1e-4));
    assertThat(report.faults().get(1).toString())
        .startsWith("difference: case 2, serving_default.logits: 1 of 3 numbers");
  }

  @Test
  void recordedNaNNeverPasses() {
    Path file = model.resolve("assets.extra/reference.npz");
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(file));
    arrays.put(
        "case2/outputs/logits", NpyArray.of(new float[] {Float.NaN, Float.NaN, Float.NaN}, 1, 3));
    Npz.write(file, arrays);

    VerificationReport report = Verifier.verify(model);

    assertThat(kinds(report)).containsExactly(Fault.Kind.CHANGED_FILE, Fault.Kind.DIFFERENCE);
    assertThat(report.maxAbsDifference()).isInfinite();
    assertThat(VerificationReport.fromJson(report.toJson().toString())).isEqualTo(report);
  }

  @Test
  void aMissingIndexThatTheLoaderIsSilentAbout() throws IOException {
    Files.delete(model.resolve("variables/variables.index"));

    assertThat(Verifier.verify(model).faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.kind()).isEqualTo(Fault.Kind.MISSING_FILE);
              assertThat(fault.message()).startsWith("variables/variables.index is not there");
            });
  }

  @Test
  void everyOtherMissingFile() throws IOException {
    for (String file :
        List.of(
            "saved_model.pb",
            "variables/variables.data-00000-of-00001",
            "assets.extra/manifest.json")) {
      byte[] bytes = Files.readAllBytes(model.resolve(file));
      Files.delete(model.resolve(file));
      assertThat(Verifier.verify(model).faults())
          .as(file)
          .singleElement()
          .hasToString("missing-file: " + file + " is not there");
      Files.write(model.resolve(file), bytes);
    }
    Files.delete(model.resolve("assets.extra/reference.json"));
    assertThat(kinds(Verifier.verify(model)))
        .containsExactly(Fault.Kind.MISSING_FILE, Fault.Kind.REFERENCE);
  }

  @Test
  void aFlippedByteInAVariable() throws IOException {
    flip(model.resolve("variables/variables.data-00000-of-00001"), 100);

    VerificationReport report = Verifier.verify(model);

    assertThat(report.faults().get(0).toString())
        .startsWith("changed-file: variables/variables.data-00000-of-00001");
    // TensorFlow's own checksum speaks too
    assertThat(report.faults().get(1).toString())
        .startsWith("changed-file: variable '")
        .endsWith("': its bytes do not have the checksum that the index says");
    assertThat(report.faults().get(2).toString())
        .startsWith("load: ")
        .contains("Checksum does not match");
  }

  @Test
  void aFlippedByteInTheIndex() throws IOException {
    flip(model.resolve("variables/variables.index"), 40);

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith(
                        "unreadable-file: variables/variables.index is no checkpoint's index:"
                            + " the checksum"));
  }

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
            message -> assertThat(message).isEqualTo("record 6 is no predict request"),
            message -> assertThat(message).startsWith("record 7 is no request: "),
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

  @Test
  void weightsThatAreNaN() {
    saveVariables(
        values -> {
          float[] bias = Objects.requireNonNull(values.get("dense/bias"));
          bias[2] = Float.NaN;
        });

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .contains(
            "not-finite: variable 'dense/bias' holds NaN at flat index 2",
            "variable: 'dense/bias' does not have the value that was exported");
  }

  @Test
  void aVariableThatIsNotInTheCheckpointOrAnother() throws IOException {
    rewrite(
        graph -> {
          for (NodeDef.Builder node : graph.getGraphDefBuilder().getNodeBuilderList()) {
            if (node.getName().equals("save/RestoreV2/tensor_names")) {
              TensorProto values = node.getAttrOrThrow("value").getTensor();
              TensorProto.Builder names = values.toBuilder().clearTensorContent();
              for (ByteString name : TensorProtos.texts(values)) {
                String other =
                    name.toStringUtf8()
                        .replace("dense/bias", "dense/offset")
                        .replace("dense/mean", "dense/kernel");
                names.addStringVal(ByteString.copyFromUtf8(other));
              }
              node.putAttr("value", AttrValue.newBuilder().setTensor(names).build());
            }
          }
        });

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .contains(
            "variable: 'dense/bias' ('dense/offset/.ATTRIBUTES/VARIABLE_VALUE') is not in the checkpoint",
            "variable: 'dense/mean' ('dense/kernel/.ATTRIBUTES/VARIABLE_VALUE') is"
                + " float32 [128] in the graph and float32 [128, 3] in the checkpoint");
  }

  @Test
  void bytesThatAreNoModel() throws IOException {
    Files.write(model.resolve("saved_model.pb"), new byte[] {1, 2, 3});

    assertThat(kinds(Verifier.verify(model)))
        .containsExactly(Fault.Kind.UNREADABLE_FILE, Fault.Kind.CHANGED_FILE);
  }

  @Test
  void aManifestThatIsCutShort() throws IOException {
    Path file = model.resolve("assets.extra/manifest.json");
    Files.writeString(file, Files.readString(file).substring(0, 300));

    assertThat(kinds(Verifier.verify(model))).containsExactly(Fault.Kind.UNREADABLE_FILE);
  }

  @Test
  void anotherTag() throws IOException {
    rewrite(graph -> graph.getMetaInfoDefBuilder().clearTags().addTags("train"));

    assertThat(kinds(Verifier.verify(model))).contains(Fault.Kind.TAG);
  }

  @Test
  void anEmptyMethodName() throws IOException {
    rewrite(
        graph ->
            graph.putSignatureDef(
                "features",
                graph.getSignatureDefOrThrow("features").toBuilder().clearMethodName().build()));

    assertThat(Verifier.verify(model).faults())
        .anySatisfy(
            fault ->
                assertThat(fault.toString())
                    .startsWith("signature: signature 'features' has the method name ''"));
  }

  @Test
  void aLostSignature() throws IOException {
    rewrite(graph -> graph.removeSignatureDef("features"));

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .contains(
            "signature: 'features' of the manifest is lost",
            "reference: case 1, signature 'features': the model has no such signature");
  }

  @Test
  void anInitOpThatOverwritesTheWeights() throws IOException {
    rewrite(
        graph ->
            graph.putCollectionDef(
                "saved_model_main_op",
                CollectionDef.newBuilder()
                    .setNodeList(CollectionDef.NodeList.newBuilder().addValue("dense/bias/Assign"))
                    .build()));

    VerificationReport report = Verifier.verify(model);

    // the same model, seen from its structure, its variables and its outputs
    assertThat(kinds(report))
        .contains(Fault.Kind.ASSIGNING_INIT_OP, Fault.Kind.VARIABLE, Fault.Kind.DIFFERENCE);
    assertThat(report.faults())
        .extracting(Fault::toString)
        .contains("variable: 'dense/bias' does not have the value that was exported");
  }

  @Test
  void aVariableThatIsNotRestored() throws IOException {
    rewrite(
        graph -> {
          for (NodeDef.Builder node : graph.getGraphDefBuilder().getNodeBuilderList()) {
            if (node.getName().equals("save/restore_all")) {
              List<String> inputs = List.copyOf(node.getInputList());
              node.clearInput().addAllInput(inputs.subList(1, inputs.size()));
            }
          }
        });

    VerificationReport report = Verifier.verify(model);

    assertThat(report.faults())
        .filteredOn(fault -> fault.kind() == Fault.Kind.VARIABLE)
        .extracting(Fault::message)
        .anySatisfy(message -> assertThat(message).contains("is not restored when"))
        .anySatisfy(message -> assertThat(message).contains("cannot be read"));
  }

  @Test
  void variablesThatPythonCannotSee() throws IOException {
    rewrite(
        graph ->
            graph.putCollectionDef(
                "variables",
                CollectionDef.newBuilder()
                    .setBytesList(
                        CollectionDef.BytesList.newBuilder().addValue(ByteString.copyFromUtf8("?")))
                    .build()));

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .contains(
            "variable: 'dense/bias' is not in the collection 'variables': Python cannot see it",
            "variable: 'dense/bias' of the manifest is lost");
  }

  @Test
  void aFolderThatIsNoModel() throws IOException {
    assertThatThrownBy(() -> Verifier.verify(folder.resolve("nowhere")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nothing there");
    assertThatThrownBy(() -> FreshJvm.verify(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("holds versions of a model");
  }

  @Test
  void theProgramSpeaksJsonAndExitCodes() throws IOException {
    Files.delete(model.resolve("variables/variables.index"));

    assertThat(run(original.toString()).code()).isZero();
    assertThat(run(model.toString()).code()).isEqualTo(1);
    assertThat(run(model.toString()).text()).contains("\"fault\":\"missing-file\"");
    assertThat(run(folder.resolve("nowhere").toString()).code()).isEqualTo(2);
    assertThat(run().text()).startsWith("{\"error\":");
  }

  @Test
  void aProcessThatHangsIsEndedAndOneThatDiesIsReported() {
    assertThat(FreshJvm.run(model, Duration.ofMillis(500), Sleeper.class.getName()).faults())
        .singleElement()
        .hasToString("process: the verification did not end within 0 seconds");
    assertThat(ProcessHandle.current().children().toList())
        .noneMatch(child -> child.info().commandLine().orElse("").contains("Sleeper"));
    assertThat(FreshJvm.run(model, Duration.ofMinutes(1), Dying.class.getName()).faults())
        .singleElement()
        .hasToString("process: the verifying process ended with 134: out of memory | goodbye");
  }

  /** Waits for its parent, which never says anything. */
  static final class Sleeper {
    public static void main(String[] args) throws IOException {
      int end = System.in.read();
      System.exit(end);
    }
  }

  /** Ends as a native abort does. */
  static final class Dying {
    public static void main(String[] args) {
      System.err.println("out of memory\ngoodbye");
      Runtime.getRuntime().halt(134);
    }
  }

  private record Output(int code, String text) {}

  private static Output run(String... args) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int code = VerifyMain.run(args, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return new Output(code, bytes.toString(StandardCharsets.UTF_8));
  }

  private static Offset<Double> within(double value) {
    return Offset.offset(value);
  }

  private static List<Fault.Kind> kinds(VerificationReport report) {
    return report.faults().stream().map(Fault::kind).toList();
  }

  private void rewrite(Consumer<MetaGraphDef.Builder> change) throws IOException {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    change.accept(saved.getMetaGraphsBuilder(0));
    Files.write(file, saved.build().toByteArray());
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

  /** Writes other variables into the model, with checksums that fit. */
  private void saveVariables(Consumer<Map<String, float[]>> change) {
    Map<String, float[]> values = new LinkedHashMap<>(SmallModel.request(folder).values());
    change.accept(values);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = ParameterStore.forInference(graph);
      SmallModel.build(store);
      SaverNodes.add(graph, store.all(), new ObjectGraph(store.all(), List.of()).inCheckpoint());
      ParameterValues.assign(session, store, values);
      SaverNodes.save(session, model.resolve("variables/variables").toString());
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 0x10;
    Files.write(file, bytes);
  }
}
