// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.export.verify.GraphEdits.asset;
import static org.hypernet4j.export.verify.GraphEdits.beforeOp;
import static org.hypernet4j.export.verify.GraphEdits.function;
import static org.hypernet4j.export.verify.GraphEdits.library;
import static org.hypernet4j.export.verify.GraphEdits.node;
import static org.hypernet4j.export.verify.GraphEdits.output;
import static org.hypernet4j.export.verify.GraphEdits.start;
import static org.hypernet4j.export.verify.GraphEdits.text;
import static org.hypernet4j.export.verify.GraphEdits.write;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.savedmodel.SavedModelFile;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** A good model into which somebody put a file operation: it is refused before it can run. */
class GraphSafetyTest extends ExportedModelTest {
  @Test
  void inAServingOutput() throws IOException {
    rewrite(
        graph -> {
          write(graph);
          beforeOp(graph, output(graph), "^evil");
        });

    refused("the op 'WriteFile' (node 'evil', run by the signature '");
  }

  @Test
  void inTheRestorePath() throws IOException {
    rewrite(
        graph -> {
          write(graph);
          beforeOp(graph, "save/restore_all", "^evil");
        });

    refused("the op 'WriteFile' (node 'evil', run by the restoring of the variables)");
  }

  @Test
  void inEveryKindOfStartUpOp() throws IOException {
    for (String collection : List.of("saved_model_main_op", "legacy_init_op")) {
      copyAgain();
      rewrite(
          graph -> {
            write(graph);
            graph.putCollectionDef(
                collection,
                CollectionDef.newBuilder()
                    .setNodeList(CollectionDef.NodeList.newBuilder().addValue("evil"))
                    .build());
          });
      refused("run by the start-up op 'evil'");
    }
    copyAgain();
    rewrite(
        graph -> {
          write(graph);
          graph.putSignatureDef(
              "__saved_model_init_op",
              SignatureDef.newBuilder()
                  .putOutputs("x", TensorInfo.newBuilder().setName("evil").build())
                  .build());
        });
    refused("run by the start-up op 'evil'");
  }

  @Test
  void inAFunctionWhicheverWayItIsCalled() throws IOException {
    AttrValue direct = function("leaf");
    AttrValue nested =
        AttrValue.newBuilder()
            .setFunc(NameAttrList.newBuilder().setName("middle").putAttr("g", function("leaf")))
            .build();
    AttrValue listed =
        AttrValue.newBuilder()
            .setList(
                AttrValue.ListValue.newBuilder()
                    .addFunc(NameAttrList.newBuilder().setName("middle"))
                    .addFunc(NameAttrList.newBuilder().setName("leaf")))
            .build();
    for (NodeDef call :
        List.of(
            node("call", "StatefulPartitionedCall").putAttr("f", direct).build(),
            node("call", "PartitionedCall").putAttr("f", nested).build(),
            node("call", "Case").putAttr("branches", listed).build(),
            node("call", "leaf").build(),
            node("call", "middleOfTwo").build())) {
      copyAgain();
      rewrite(
          graph -> {
            library(graph);
            graph.getGraphDefBuilder().addNode(call);
            beforeOp(graph, output(graph), "^call");
          });
      refused("the op 'WriteFile' (node 'evil' of the function 'leaf', run by the signature '");
    }
  }

  /** TensorFlow looks for an op among the functions first. */
  @Test
  void inAFunctionThatHasTheNameOfAnOp() throws IOException {
    rewrite(
        graph -> {
          FunctionDef.Builder relu = function("Relu", node("evil", "WriteFile").build());
          graph.getGraphDefBuilder().getLibraryBuilder().addFunction(relu);
        });

    refused("(node 'evil' of the function 'Relu', run by the signature '");
  }

  /** The optimizer of graphs may take another function of the same purpose. */
  @Test
  void inTheOtherImplementationOfAFunction() throws IOException {
    AttrValue lstm = AttrValue.newBuilder().setS(ByteString.copyFromUtf8("lstm")).build();
    rewrite(
        graph -> {
          graph
              .getGraphDefBuilder()
              .getLibraryBuilder()
              .addFunction(function("good", new NodeDef[0]).putAttr("api_implements", lstm))
              .addFunction(
                  function("bad", node("evil", "WriteFile").build())
                      .putAttr("api_implements", lstm));
          graph.getGraphDefBuilder().addNode(node("call", "good"));
          beforeOp(graph, output(graph), "^call");
        });

    refused("of the function 'bad'");
  }

  @Test
  void inAGraphWithAnotherTag() throws IOException {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder other = saved.getMetaGraphs(0).toBuilder();
    other.getMetaInfoDefBuilder().clearTags().addTags("serve").addTags("gpu");
    write(other);
    beforeOp(other, output(other), "^evil");
    Files.write(file, saved.addMetaGraphs(other).build().toByteArray());

    refused("the op 'WriteFile'");
  }

  /** Loaders compare sets of tags: the first graph is the one that they take. */
  @Test
  void behindATagThatIsThereTwice() throws IOException {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder first = saved.getMetaGraphs(0).toBuilder();
    first.getMetaInfoDefBuilder().addTags("serve");
    saved.addMetaGraphs(0, first);

    assertThat(SavedModelFile.serving(saved.build())).isEqualTo(first.build());
  }

  @Test
  void aCheckpointOfItsOwn() throws IOException {
    rewrite(
        graph -> {
          graph.getGraphDefBuilder().addNode(text("path", "/etc/passwd"));
          graph
              .getGraphDefBuilder()
              .addNode(
                  node("evil", "RestoreV2").addInput("path").addInput("path").addInput("path"));
          beforeOp(graph, "save/restore_all", "^evil");
        });

    refused("the op 'RestoreV2' (node 'evil', run by the restoring of the variables) opens a file");
  }

  @Test
  void aTableFromAFileThatIsNoAsset() throws IOException {
    rewrite(
        graph -> {
          graph.getGraphDefBuilder().addNode(text("path", "/etc/passwd"));
          graph
              .getGraphDefBuilder()
              .addNode(
                  node("evil", "InitializeTableFromTextFileV2").addInput("path").addInput("path"));
          start(graph, "evil");
        });
    refused("'InitializeTableFromTextFileV2' (node 'evil', run by the start-up op 'evil') opens");

    // as an asset it is read, but only from the model's folder
    rewrite(graph -> graph.addAssetFileDef(asset("words.txt")));
    Files.createDirectory(model.resolve("assets"));
    Files.writeString(model.resolve("assets/words.txt"), "a");
    assertThat(judge()).isEmpty();
    Files.delete(model.resolve("assets/words.txt"));
    Files.createSymbolicLink(model.resolve("assets/words.txt"), Path.of("/etc/passwd"));
    refused("the asset 'words.txt' is a link to a file outside the model's folder");
    rewrite(graph -> graph.setAssetFileDef(0, asset("../../secret")));
    refused("the asset '../../secret' is not in the model's folder 'assets'");
  }

  @Test
  void opsThatOnlyTheirAttributesMakeDangerous() throws IOException {
    for (Map.Entry<String, String> each :
        Map.of("PrintV2", "output_stream", "DecodeProtoV2", "descriptor_source").entrySet()) {
      copyAgain();
      AttrValue file =
          AttrValue.newBuilder().setS(ByteString.copyFromUtf8("file:///tmp/x")).build();
      rewrite(
          graph -> {
            graph
                .getGraphDefBuilder()
                .addNode(node("evil", each.getKey()).putAttr(each.getValue(), file));
            start(graph, "evil");
          });
      refused("the op '" + each.getKey() + "'");
    }
  }

  /** The loader evaluates it to find out a shape, though nothing runs it. */
  @Test
  void aStatelessReaderOfAConstant() throws IOException {
    rewrite(
        graph -> {
          graph.getGraphDefBuilder().addNode(text("path", "/etc/passwd"));
          graph.getGraphDefBuilder().addNode(node("evil", "ReadFile").addInput("path"));
        });

    refused("the op 'ReadFile' (node 'evil') may run while the graph is read");
  }

  @Test
  void anIdleOpIsNoPartOfOurModels() throws IOException {
    rewrite(GraphEdits::write);

    assertThat(judge()).isEmpty();
    assertThat(Verifier.verify(model).faults())
        .extracting(Fault::toString)
        .anyMatch(fault -> fault.startsWith("unsafe-op: the graph holds ops"));
  }

  @Test
  void theFormThatLoadersPrefer() throws IOException {
    Files.write(model.resolve("saved_model.cpb"), new byte[] {1});

    assertThat(kinds(Verifier.verify(model))).contains(Fault.Kind.UNREADABLE_FILE);
    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("saved_model.cpb");
  }

  @Test
  void twoNodesOfOneName() throws IOException {
    rewrite(graph -> graph.getGraphDefBuilder().addNode(node("save/restore_all", "NoOp")));

    refused("two nodes have the name 'save/restore_all'");
  }

  @Test
  void whatTheUserAllowsRuns() throws IOException {
    Path written = folder.resolve("written");
    rewrite(
        graph -> {
          write(graph, written.toString());
          beforeOp(graph, output(graph), "^evil");
        });
    CorrectedManifest.of(model);

    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("allowOp=WriteFile")
        .hasMessageContaining("trust");
    assertThat(written).doesNotExist();
    for (ModelTrust trust : List.of(ModelTrust.allowing(List.of("WriteFile")), ModelTrust.FULL)) {
      try (LoadedModel loaded = LoadedModel.open(model, trust)) {
        loaded.call("serving_default", Map.of("image", NpyArray.of(new float[32], 1, 4, 4, 2)));
      }
      assertThat(written).hasContent("evil");
      Files.delete(written);
    }
  }

  @Test
  void theListHoldsKnownOpsThatReachNothing() {
    Set<String> registered = new HashSet<>();
    TensorFlow.registeredOpList().getOpList().forEach(op -> registered.add(op.getName()));

    assertThat(registered).containsAll(OpPolicy.harmless());
    assertThat(OpPolicy.harmless())
        .hasSizeGreaterThan(1000)
        .contains(
            "MatMul", "VarHandleOp", "DecodeJpeg", "LookupTableFindV2", "While", "RaggedRange")
        .noneMatch(
            op ->
                op.matches(
                    ".*(Dataset|Reader|PyFunc|Rpc|Summary(Writer|Db)|Recv|^_?Send|Iterator|Nccl"
                        + "|Collective|DebugI|Infeed|Outfeed|Queue|LMDB|Launch|CustomCall|Remote).*"))
        .doesNotContain(
            "ReadFile",
            "WriteFile",
            "MatchingFiles",
            "SaveV2",
            "RestoreV2",
            "MergeV2Checkpoints",
            "ImmutableConst",
            "GenerateVocabRemapping",
            "LoadAndRemapMatrix",
            "Abort",
            "PrintV2",
            "XlaCallModule",
            "Skipgram",
            "DumpTensor",
            "WriteScalarSummary",
            "RecordInput",
            "Copy");
  }

  private List<Fault> judge() throws IOException {
    return GraphSafety.judge(SavedModelFile.read(model), model, ModelTrust.NONE).faults();
  }

  private void refused(String message) throws IOException {
    CorrectedManifest.of(model);
    assertThat(judge())
        .extracting(Fault::toString)
        .anyMatch(fault -> fault.startsWith("unsafe-op: ") && fault.contains(message));
    VerificationReport report = Verifier.verify(model);
    assertThat(kinds(report)).contains(Fault.Kind.UNSAFE_OP);
    assertThat(report.timings().load()).isZero();
    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("could do more than compute");
  }

  private void copyAgain() throws IOException {
    Files.copy(
        original.resolve("saved_model.pb"),
        model.resolve("saved_model.pb"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
