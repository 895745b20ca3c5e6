// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.io.internal.RegularFilesTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a model that would fill the memory or keep a reader waiting. */
@Timeout(60)
class HostileFilesTest extends ExportedModelTest {
  private static final long LARGE = 3L << 30;

  private List<String> faults() {
    return Verifier.verify(model).faults().stream().map(Fault::toString).toList();
  }

  private void assertRefused(String file) {
    assertThat(faults()).anySatisfy(fault -> assertThat(fault).contains(file));
    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file);
  }

  /** A file of another size is not hashed: 3 GiB would take half a minute. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "saved_model.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
        "assets.extra/manifest.json",
        "assets.extra/reference.json",
        "assets.extra/reference.npz",
        "assets.extra/tf_serving_warmup_requests"
      })
  void threeGibibytes(String file) throws IOException {
    RegularFilesTest.sparse(model.resolve(file), LARGE);

    long start = System.nanoTime();
    assertRefused(file);
    // hashing takes 20 s and more
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(15);
    if (!file.endsWith("manifest.json")) {
      assertThat(faults())
          .contains(
              "changed-file: %s is not the file that was exported: 3221225472 bytes, the manifest records %d"
                  .formatted(file, Files.size(original.resolve(file))));
    }
  }

  @Test
  void aPipeInThePlaceOfAnyFile() throws Exception {
    try (Stream<Path> paths = Files.walk(original)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        String name = original.relativize(path).toString();
        Files.delete(model.resolve(name));
        RegularFilesTest.pipe(model.resolve(name));
        assertRefused(name);
        Files.delete(model.resolve(name));
        Files.copy(path, model.resolve(name));
      }
    }
    assertThat(faults()).isEmpty();
    RegularFilesTest.pipe(model.resolve("surplus"));
    assertRefused("surplus is not in the manifest");
    // the model of somebody else, who may have an asset that the loader opens
    Files.delete(model.resolve("assets.extra/manifest.json"));
    assertRefused("surplus is not a file");
  }

  @Test
  void linksThatGoRoundOrNowhere() throws IOException {
    Files.createSymbolicLink(model.resolve("round"), model);
    assertRefused("round");
    Files.delete(model.resolve("round"));
    Files.createSymbolicLink(model.resolve("nowhere"), folder.resolve("none"));
    assertRefused("nowhere is not in the manifest");
    Files.delete(model.resolve("nowhere"));
    assertThat(faults()).isEmpty();
    // what is read is what was exported, wherever it lies
    Path data = model.resolve("variables/variables.data-00000-of-00001");
    Files.move(data, folder.resolve("data"));
    Files.createSymbolicLink(data, folder.resolve("data"));
    assertThat(faults()).isEmpty();
    LoadedModel.open(model).close();
  }

  @Test
  void aFolderInThePlaceOfAFile() throws IOException {
    for (String name : List.of("saved_model.pb", "assets.extra/manifest.json")) {
      Files.delete(model.resolve(name));
      Files.createDirectory(model.resolve(name));
      assertRefused(name);
      Files.delete(model.resolve(name));
      Files.copy(original.resolve(name), model.resolve(name));
    }
  }
}
