// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelTrust;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;

/**
 * Graphs in which a file name, or the function that opens a file, comes in by a side entrance.
 * TensorFlow 2.18 runs the attribute that a caller fills in, the default function and the sliced
 * assignment as feared: tried in Python.
 */
class BorrowedNamesTest {
  private static final String START =
      "collection_def{key:'saved_model_main_op' value{node_list{value:'call'}}}";
  private static final String ASSET =
      "asset_file_def{tensor_info{name:'asset:0'} filename:'a.txt'}";
  private static final String NAMES =
      "node{name:'asset' op:'Const'} node{name:'other' op:'Const'} ";
  private static final String TABLE =
      "node_def{name:'t' op:'HashTableV2'}"
          + "node_def{name:'i' op:'InitializeTableFromTextFileV2' input:'t' input:'%s'}";

  @TempDir Path folder;

  @Test
  void anAttributeThatTheCallerFillsIn() throws IOException {
    for (String[] each :
        new String[][] {
          {"PrintV2", "output_stream"},
          {"DecodeProtoV2", "descriptor_source"},
          {"FixedUnigramCandidateSampler", "vocab_file"}
        }) {
      refused(
          "the op '" + each[0] + "' (node 'p' of the function 'fn'",
          "node{name:'call' op:'fn' attr{key:'os' value{s:'file:///tmp/x'}}}"
              + function(
                  "fn",
                  "attr{name:'os' type:'string'}",
                  "node_def{name:'p' op:'%s' attr{key:'%s' value{placeholder:'os'}}}"
                      .formatted(each[0], each[1])),
          START);
    }
  }

  @Test
  void aFunctionThatIsTheDefaultOfAnAttribute() throws IOException {
    refused(
        "the op 'WriteFile' (node 'w' of the function 'evil'",
        "node{name:'call' op:'fn'}"
            + function(
                "fn",
                "attr{name:'g' type:'func' default_value{func{name:'evil'}}}",
                "node_def{name:'p' op:'StatefulPartitionedCall' attr{key:'f' value{placeholder:'g'}}}")
            + function("evil", "", "node_def{name:'w' op:'WriteFile'}"),
        START);
  }

  @Test
  void anArgumentOfSeveralTensorsBeforeTheName() throws IOException {
    refused(
        "opens a file whose name does not come from the loader",
        NAMES
            + "node{name:'call' op:'fn' input:'other' input:'asset' input:'other'}"
            + function(
                "fn",
                "input_arg{name:'many' type:DT_STRING number_attr:'N'} input_arg{name:'b' type:DT_STRING}",
                TABLE.formatted("b")),
        ASSET + START);
  }

  @Test
  void theSecondRoundOfALoop() throws IOException {
    refused(
        "opens a file whose name does not come from the loader",
        NAMES
            + "node{name:'call' op:'While' input:'asset' attr{key:'body' value{func{name:'fn'}}}}"
            + function("fn", "input_arg{name:'b' type:DT_STRING}", TABLE.formatted("b")),
        ASSET + START);
  }

  @Test
  void aFunctionThatAnotherOneCalls() throws IOException {
    refused(
        "opens a file whose name does not come from the loader",
        NAMES
            + "node{name:'call' op:'StatefulPartitionedCall' input:'asset' attr{key:'f' value{func{name:'middle'"
            + " attr{key:'g' value{func{name:'fn'}}}}}}}"
            + function(
                "middle",
                "input_arg{name:'a' type:DT_STRING} attr{name:'g' type:'func'}",
                "node_def{name:'o' op:'Const'} node_def{name:'p' op:'StatefulPartitionedCall' input:'o:output:0'"
                    + " attr{key:'f' value{placeholder:'g'}}}")
            + function("fn", "input_arg{name:'b' type:DT_STRING}", TABLE.formatted("b")),
        ASSET + START);
  }

  /** The loader reads the collection only if the newer field is empty. */
  @Test
  void anAssetThatTheLoaderDoesNotFeed() throws IOException {
    String graph =
        NAMES
            + "node{name:'t' op:'HashTableV2'}"
            + "node{name:'call' op:'InitializeTableFromTextFileV2' input:'t' input:'other'}";
    MetaGraphDef collection = model(graph, START);
    collection =
        collection.toBuilder().putCollectionDef("saved_model_assets", assets("other:0")).build();

    assertThat(judge(collection)).isEmpty();
    assertThat(judge(collection.toBuilder().mergeFrom(model("", ASSET)).build()))
        .anySatisfy(fault -> assertThat(fault).contains("opens a file whose name does not come"));
  }

  private static CollectionDef assets(String tensor) {
    return CollectionDef.newBuilder()
        .setAnyList(
            CollectionDef.AnyList.newBuilder()
                .addValue(
                    Any.pack(
                        AssetFileDef.newBuilder()
                            .setTensorInfo(TensorInfo.newBuilder().setName(tensor))
                            .setFilename("a.txt")
                            .build())))
        .build();
  }

  /** The start-up op sets it to the asset's path, another op then to something else. */
  @Test
  void aVariableThatHoldsTheNameOfAnAsset() throws IOException {
    String variable =
        NAMES
            + "node{name:'v' op:'VarHandleOp' attr{key:'shared_name' value{s:'where'}}}"
            + "node{name:'set' op:'AssignVariableOp' input:'v' input:'asset'}"
            + "node{name:'read' op:'ReadVariableOp' input:'v'}"
            + "node{name:'t' op:'HashTableV2'}"
            + "node{name:'call' op:'InitializeTableFromTextFileV2' input:'t' input:'read' input:'^set'%s}";
    assertThat(judge(model(variable.formatted(""), ASSET + START))).isEmpty();
    String changed = "changes a variable that holds the path of an asset";
    for (String op : List.of("ResourceStridedSliceAssign", "ResourceScatterNdUpdate", "Pack")) {
      refused(
          changed,
          variable.formatted(" input:'^evil'")
              + "node{name:'evil' op:'%s' input:'v' input:'other'}".formatted(op),
          ASSET + START);
    }
    refused(
        changed,
        variable.formatted(" input:'^evil'")
            + "node{name:'evil' op:'fn' attr{key:'n' value{s:'where'}}}"
            + function(
                "fn",
                "attr{name:'n' type:'string'}",
                "node_def{name:'x' op:'VarHandleOp' attr{key:'shared_name' value{placeholder:'n'}}}"),
        ASSET + START);
    String forged = "(node 'evil', run by the start-up op 'call')";
    refused(
        forged,
        variable.formatted(" input:'^evil'")
            + "node{name:'evil' op:'Const' attr{key:'value' value{tensor{dtype:DT_RESOURCE}}}}",
        ASSET + START);
    refused(
        forged,
        variable.formatted(" input:'^evil'")
            + "node{name:'evil' op:'ParseTensor' input:'other' attr{key:'out_type' value{type:DT_RESOURCE}}}",
        ASSET + START);
  }

  private void refused(String message, String graph, String rest) throws IOException {
    assertThat(judge(model(graph, rest)))
        .as(graph)
        .anySatisfy(fault -> assertThat(fault).contains(message));
  }

  private List<String> judge(MetaGraphDef model) throws IOException {
    Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve("assets/a.txt"), "a\n");
    return GraphSafety.judge(
            SavedModel.newBuilder().addMetaGraphs(model).build(), folder, ModelTrust.NONE)
        .faults()
        .stream()
        .map(Fault::message)
        .toList();
  }

  private static String function(String name, String signature, String nodes) {
    return "library{function{signature{name:'%s' %s} %s}}".formatted(name, signature, nodes);
  }

  private static MetaGraphDef model(String graph, String rest) throws IOException {
    return TextFormat.parse("graph_def{" + graph + "} " + rest, MetaGraphDef.class);
  }
}
