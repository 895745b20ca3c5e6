// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.savedmodel.ModelGraph;
import org.hypernet4j.export.savedmodel.ObjectGraph;
import org.hypernet4j.export.savedmodel.SaverNodes;
import org.hypernet4j.export.serving.ServingFiles;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.internal.AtomicFiles;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;

/** Builds the inference graph of a request and writes every file of the model. */
final class ModelWriter {
  // graph, manifest, index: the size of a model besides its weights
  private static final long OVERHEAD_BYTES = 1 << 20;

  private final ExportRequest request;
  private final RequestCheck check;

  ModelWriter(ExportRequest request) {
    this.request = request;
    check = new RequestCheck(request);
  }

  /**
   * The result of writing: the number of weights, and the outputs of the graph for the reference
   * inputs.
   */
  record Written(long parameters, List<ReferenceCase> outputs) {}

  /**
   * Writes the model.
   *
   * @param folder an existing, empty folder
   * @throws UserError if the request does not make a model that can be served
   */
  Written write(Path folder) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph, ShownGpus.configuration())) {
      ParameterStore store = ParameterStore.forInference(graph);
      List<ServingSignature> signatures = List.copyOf(request.graph().build(store));
      List<Parameter> parameters = store.all();
      check.requireParameters(parameters);
      check.requireSignatures(signatures);
      ObjectGraph objects = new ObjectGraph(parameters, signatures);
      SaverNodes.add(graph, parameters, objects.inCheckpoint());
      check.requireServable(ModelGraph.of(graph, parameters, signatures));
      check.requireReferences(signatures);
      Map<String, Manifest.SignatureEntry> entries = Manifest.entries(signatures);
      ServingFiles serving = new ServingFiles(request, entries);
      objects.define(graph);
      MetaGraphDef model = objects.addTo(ModelGraph.of(graph, parameters, signatures));
      byte[] modelBytes = ModelGraph.savedModel(model);
      requireSpace(
          folder,
          modelBytes.length
              + Float.BYTES * ParameterStore.count(parameters)
              + ReferenceFiles.bytes(request.references())
              + serving.bytes());

      ParameterValues.assign(session, store, request.values());
      requireAssigned(session, parameters);
      saveVariables(session, folder);
      AtomicFiles.write(folder.resolve(ModelFiles.MODEL), out -> out.write(modelBytes));
      Files.createDirectory(folder.resolve(ModelFiles.EXTRA));
      ReferenceFiles.write(folder, request.references());
      serving.write(folder);
      for (Map.Entry<String, String> file : request.guide().files().entrySet()) {
        AtomicFiles.writeString(folder.resolve(ModelGuide.path(file.getKey())), file.getValue());
      }
      Manifest.of(request, parameters, entries, Manifest.entries(folder)).write(folder);
      return new Written(ParameterStore.count(parameters), outputs(session, signatures));
    }
  }

  private List<ReferenceCase> outputs(Session session, List<ServingSignature> signatures) {
    List<ReferenceCase> outputs = new ArrayList<>();
    for (ReferenceCase reference : request.references()) {
      for (ServingSignature signature : signatures) {
        if (signature.key().equals(reference.signature())) {
          outputs.add(ReferenceCase.record(session, signature, reference.inputs()));
        }
      }
    }
    return outputs;
  }

  private void requireSpace(Path folder, long bytes) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable < bytes + OVERHEAD_BYTES) {
      throw UserError.in(request.baseFolder())
          .what("the disk is too full for the model")
          .expected((bytes + OVERHEAD_BYTES) / 1024 + " KiB")
          .received(usable / 1024 + " KiB free")
          .next("free some space or choose another folder")
          .build();
    }
  }

  /** Compares bit for bit, so that -0 and denormals count too. */
  private void requireAssigned(Session session, List<Parameter> parameters) {
    ParameterValues.read(session, parameters)
        .forEach(
            (name, actual) -> {
              float[] expected = request.values().getOrDefault(name, new float[0]);
              for (int i = 0; i < actual.length; i++) {
                if (Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(expected[i])) {
                  throw new IllegalStateException(
                      name + "[" + i + "] is " + actual[i] + " after assigning " + expected[i]);
                }
              }
            });
  }

  private void saveVariables(Session session, Path folder) throws IOException {
    Files.createDirectory(folder.resolve(ModelFiles.VARIABLES));
    try {
      SaverNodes.save(session, folder.resolve(ModelFiles.VARIABLES_PREFIX).toString());
    } catch (TensorFlowException e) {
      throw UserError.in(request.baseFolder())
          .what("TensorFlow could not write the variables")
          .received(e.getMessage())
          .next("free some space or choose another folder")
          .cause(e)
          .build();
    }
  }
}
