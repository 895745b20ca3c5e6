// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** A test that damages a copy of a good model. */
abstract class ExportedModelTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  static Path original;
  Path model;

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

  static List<Fault.Kind> kinds(VerificationReport report) {
    return report.faults().stream().map(Fault::kind).toList();
  }

  void rewrite(Consumer<MetaGraphDef.Builder> change) throws IOException {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    change.accept(saved.getMetaGraphsBuilder(0));
    Files.write(file, saved.build().toByteArray());
  }

  static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 0x10;
    Files.write(file, bytes);
  }
}
