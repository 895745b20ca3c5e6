// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFilesTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SpecFilesTest {
  @TempDir Path folder;

  private static void refused(Path file, String message) {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> SpecFiles.read(file, List.of()))
        .withMessageStartingWith(file + ": " + message);
  }

  @Test
  void readsThePapersMnistRecipe() {
    ExperimentSpec hyper = SpecFiles.read(Specs.GRAPHS.resolve("mnist-hyper.json"), List.of());
    ExperimentSpec plain = SpecFiles.read(Specs.GRAPHS.resolve("mnist-plain.json"), List.of());

    // HyperNetworks section 4.1 and A.3.1: Adam, batch 1000, 5,000 held back, pad 1 and crop; the
    // rate is that of the authors' notebook, whose 0.005 falls by 0.999 a step to 1e-4
    assertThat(hyper.training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Exponential(0.005, 0.999, 1e-4));
    assertThat(hyper.training().batchSize()).isEqualTo(1000);
    assertThat(hyper.data()).isEqualTo(new MnistDataSpec(5000, new AugmentationSpec(1, false)));
    assertThat(((MnistConvNetSpec) hyper.model()).kernel2())
        .isEqualTo(new GeneratorSpec.TwoLayerLinear(4, 4, 0.01, 0.01, 1, null, null, null));
    // the two are trained on equal terms
    assertThat(plain.training()).isEqualTo(hyper.training());
    assertThat(plain.data()).isEqualTo(hyper.data());
    assertThat(plain.sample()).isEqualTo(hyper.sample());
    assertThat(((MnistConvNetSpec) plain.model()).kernel2())
        .isInstanceOf(GeneratorSpec.Plain.class);
  }

  @Test
  void refusesWhatIsNoReadableTextFile() throws IOException {
    refused(folder.resolve("none.json"), "no such file");
    refused(folder, "is a folder");
    Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'"', (byte) 0xe9, '"'});
    refused(latin, "not a text in UTF-8");
    Path large = Files.write(folder.resolve("large.json"), new byte[(1 << 20) + 1]);
    refused(large, "too large for a specification");
  }

  @Test
  @Timeout(30)
  void refusesAPipeThatNobodyWritesTo() throws Exception {
    refused(RegularFilesTest.pipe(folder.resolve("pipe.json")), "is not a file");
  }

  @Test
  void refusesAFileThatMayNotBeRead() throws IOException {
    assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "the file system has no permissions");
    Path secret = Files.writeString(folder.resolve("secret.json"), "{}");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(secret), "the superuser may read everything");
    refused(secret, "cannot be read (AccessDeniedException)");
  }
}
