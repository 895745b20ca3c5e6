// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.CollectionDef;

/** Every way in which a published model can go bad has a name. */
class VerifierTest extends ExportedModelTest {
  @Test
  void aWholeModelHasNoFaults() {
    VerificationReport report = Verifier.verify(model);

    assertThat(report.faults()).isEmpty();
    assertThat(report.parameters()).isEqualTo(8);
    assertThat(report.warmUps()).isEqualTo(2 * 3);
    assertThat(report.timings().load()).isPositive();
    assertThat(report.timings().firstCall()).isPositive();
    assertThat(report.timings().warmUp()).isPositive();
    assertThat(report.timings().warmCall()).isPositive();
    JsonObject json = report.toJson();
    assertThat(json.keySet())
        .contains("loadSeconds", "firstCallSeconds", "warmUpSeconds", "warmCallSeconds");
    assertThat(VerificationReport.fromJson(json.toString())).isEqualTo(report);
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
}
