// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.io.internal.HostName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedFolderTest {
  @TempDir Path base;

  /** As a program, {@code exit FOLDER} or {@code halt FOLDER}: begins an export and ends. */
  public static void main(String[] args) throws IOException {
    UnfinishedFolder folder = UnfinishedFolder.in(Path.of(args[1]));
    Files.writeString(Files.createDirectory(folder.path().resolve("variables")).resolve("x"), "1");
    if (args[0].equals("halt")) {
      Runtime.getRuntime().halt(0); // as SIGKILL: no hook runs
    }
    System.exit(0);
  }

  private void child(String end) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                UnfinishedFolderTest.class.getName(),
                end,
                base.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void aProcessThatEndsTakesItsFolderWithIt() throws Exception {
    child("exit");

    assertThat(base).isEmptyDirectory();
  }

  @Test
  void whatAKilledProcessLeftGoesWithTheNextExport() throws Exception {
    child("halt");
    assertThat(names()).hasSize(1).allMatch(name -> name.startsWith(".export-"));
    String host = HostName.local();
    long alive = ProcessHandle.current().pid();
    Path ours = Files.createDirectory(base.resolve(".export-" + host + "-" + alive + "-0a"));
    // no process of this number can run: Linux ends at 4194304, macOS at 99999
    Path foreign =
        Files.createDirectory(base.resolve(".export-other.than." + host + "-999999999-0a"));
    Files.createDirectory(base.resolve(".export-" + host + "-999999999-0a"));

    VersionFolders.open(base);

    assertThat(names())
        .containsExactlyInAnyOrder(ours.getFileName().toString(), foreign.getFileName().toString());
  }

  @Test
  void publishingKeepsItAndClosingDoesNot() throws IOException {
    VersionFolders versions = VersionFolders.open(base);
    try (UnfinishedFolder folder = versions.temporary()) {
      Files.writeString(folder.path().resolve("saved_model.pb"), "graph");
      assertThat(versions.publish(folder)).isEqualTo(base.resolve("1"));
    }
    try (UnfinishedFolder folder = versions.temporary()) {
      Files.writeString(folder.path().resolve("saved_model.pb"), "graph");
    }
    assertThat(names()).containsExactly("1");
    assertThat(base.resolve("1/saved_model.pb")).hasContent("graph");
  }

  private List<String> names() {
    return List.of(java.util.Objects.requireNonNull(base.toFile().list()));
  }
}
