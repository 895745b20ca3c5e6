// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.hypernet4j.export.savedmodel.ModelGraph;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.export.savedmodel.ObjectGraph;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.TensorBundle;
import org.junit.jupiter.api.Test;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** A checkpoint with other weights, whole in itself, and every hash corrected. */
class ExchangedWeightsTest extends ExportedModelTest {
  private static final String CHANGED = "dense/kernel";

  @Test
  void theReferenceOutputsTell() throws IOException {
    float[] other = reversed();
    save(other);
    Path file = model.resolve(Manifest.PATH);
    JsonObject manifest = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    for (JsonElement each : manifest.getAsJsonArray("parameters")) {
      if (each.getAsJsonObject().get("name").getAsString().equals(CHANGED)) {
        each.getAsJsonObject().addProperty("sha256", Manifest.sha256(other));
      }
    }
    Files.writeString(file, manifest.toString());
    CorrectedManifest.of(model);

    VerificationReport report = Verifier.verify(model);

    assertThat(report.verified()).isFalse();
    assertThat(report.faults()).extracting(Fault::kind).containsOnly(Fault.Kind.DIFFERENCE);
  }

  private float[] reversed() {
    NpyArray kernel =
        TensorBundle.open(model.resolve(ModelFiles.VARIABLES_PREFIX))
            .read(ObjectGraph.keyOf(CHANGED));
    float[] values = kernel.floats();
    float[] other = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      other[i] = values[values.length - 1 - i];
    }
    return other;
  }

  /** Runs the model's own saver with another value in the place of one that it reads. */
  private void save(float[] other) throws IOException {
    Path prefix = folder.resolve("saved");
    try (SavedModelBundle bundle = SavedModelBundle.load(model.toString(), ModelGraph.TAG);
        TString name = TString.scalarOf(prefix.toString());
        TFloat32 value =
            (TFloat32) TensorArrays.toTensor(NpyArray.of(other, 128, other.length / 128))) {
      SaverDef saver = bundle.metaGraphDef().getSaverDef();
      String read =
          Objects.requireNonNull(ModelVariables.readTensors(bundle.metaGraphDef()).get(CHANGED));
      bundle
          .session()
          .runner()
          .feed(saver.getFilenameTensorName(), name)
          .feed(read, value)
          .addTarget(GraphNodes.opOf(saver.getSaveTensorName()))
          .run()
          .close();
    }
    try (var files = Files.list(folder)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        String end = each.getFileName().toString().replaceFirst("saved", "variables/variables");
        Files.move(each, model.resolve(end), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
