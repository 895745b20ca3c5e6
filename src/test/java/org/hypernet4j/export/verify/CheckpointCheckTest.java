// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.export.savedmodel.ObjectGraph;
import org.hypernet4j.export.savedmodel.SaverNodes;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.internal.BundledTensor;
import org.hypernet4j.io.internal.TensorBundle;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Variables that are damaged, lost, or others than those of the graph. */
class CheckpointCheckTest extends ExportedModelTest {
  @Test
  void aFlippedByteInAVariable() throws IOException {
    flip(model.resolve("variables/variables.data-00000-of-00001"), 100);

    VerificationReport report = Verifier.verify(model);

    assertThat(report.faults().get(0).toString())
        .startsWith("changed-file: variables/variables.data-00000-of-00001");
    // TensorFlow's own checksum speaks too
    assertThat(report.faults().get(1).toString())
        .startsWith("changed-file: variable '")
        .contains("damaged", "checksum");
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
                        "unreadable-file: variables/variables.index is not the index of a"
                            + " checkpoint: ")
                    .contains("checksum"));
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
            "variable: 'dense/bias' ('dense/offset/.ATTRIBUTES/VARIABLE_VALUE') is not in the"
                + " checkpoint",
            "variable: 'dense/mean' ('dense/kernel/.ATTRIBUTES/VARIABLE_VALUE') is"
                + " float32 [128] in the graph and float32 [128, 3] in the checkpoint");
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

  /** Servers do not look at it, Python refuses the model. */
  @Test
  void aFlippedBitInTheObjectsOfPython() throws IOException {
    Path data = model.resolve("variables/variables.data-00000-of-00001");
    BundledTensor objects =
        Objects.requireNonNull(
            TensorBundle.open(model.resolve("variables/variables"))
                .tensors()
                .get("_CHECKPOINTABLE_OBJECT_GRAPH"));
    flip(data, Math.toIntExact(objects.offset() + objects.bytes() / 2));
    // as if nobody knew what was exported
    Files.delete(model.resolve("assets.extra/manifest.json"));

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("changed-file: variable '_CHECKPOINTABLE_OBJECT_GRAPH': ")
                    .contains("damaged text in a TensorFlow checkpoint", "checksum"));
  }

  @Test
  void otherObjectsThanThoseOfTheGraph() throws IOException {
    saveVariables(values -> {});

    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .contains("variable: the objects in the checkpoint are not those of saved_model.pb");
    rewrite(
        graph ->
            graph
                .getObjectGraphDefBuilder()
                .getNodesBuilder(1)
                .getVariableBuilder()
                .setTrainable(false));
    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::message)
        .anySatisfy(
            message ->
                assertThat(message)
                    .startsWith("the object '")
                    .endsWith(", which contradicts the checkpoint or the collections"));
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
}
