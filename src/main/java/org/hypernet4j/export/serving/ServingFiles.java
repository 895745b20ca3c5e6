// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.TfRecordWriter;
import org.tensorflow.proto.TensorProto;

/**
 * Files next to a model for serving: warm-up requests, server settings, example requests with their
 * responses, a page with instructions and a card.
 */
public final class ServingFiles {

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final List<byte[]> warmUp = new ArrayList<>();

  /** Prepares the files; the reference cases fit the signatures, and each has one. */
  public ServingFiles(ExportRequest request, Map<String, Manifest.SignatureEntry> signatures) {
    texts.put(ModelFiles.MODELS, ServerConfig.models(request.modelName()));
    texts.put(ModelFiles.BATCHING, ServerConfig.batching(signatures));
    texts.put(
        ModelFiles.README,
        ServingGuide.of(request.modelName(), request.form(), request.tolerance(), signatures));
    texts.put(ModelFiles.CARD, ModelCard.of(request, signatures));
    for (ReferenceCase one : ExampleCases.choose(request.references())) {
      RestExample example = new RestExample(one);
      texts.put(request(one.signature()), example.request());
      texts.put(answer(one.signature()), example.answer());
      for (int size : ServerConfig.BATCH_SIZES) {
        warmUp.add(record(request.modelName(), one, size).toBytes());
      }
    }
  }

  /** Path of the request for a signature. */
  static String request(String signature) {
    return ModelFiles.REQUESTS + "/" + signature + ".json";
  }

  /** Path of the response to {@link #request}. */
  static String answer(String signature) {
    return ModelFiles.REQUESTS + "/" + signature + ".expected.json";
  }

  /** The approximate size of all files in bytes. */
  public long bytes() {
    return texts.values().stream().mapToLong(String::length).sum()
        + warmUp.stream().mapToLong(record -> record.length).sum();
  }

  /** Writes the files into a folder that has {@code assets.extra}. */
  public void write(Path modelFolder) throws IOException {
    Files.createDirectory(modelFolder.resolve(ModelFiles.REQUESTS));
    texts.forEach((path, text) -> AtomicFiles.writeString(modelFolder.resolve(path), text));
    AtomicFiles.write(
        modelFolder.resolve(ModelFiles.WARM_UP),
        out -> {
          TfRecordWriter writer = new TfRecordWriter(out);
          for (byte[] record : warmUp) {
            writer.write(record);
          }
        });
  }

  private static WarmupRecord record(String model, ReferenceCase one, int batch) {
    Map<String, TensorProto> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, NpyArray> input : one.inputs().entrySet()) {
      inputs.put(input.getKey(), TensorProtos.of(input.getValue(), batch));
    }
    return new WarmupRecord(model, one.signature(), inputs);
  }
}
