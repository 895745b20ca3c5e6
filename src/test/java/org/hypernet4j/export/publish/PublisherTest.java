// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.NotVerifiedException;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFilesTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path model;

  @BeforeAll
  static void exportOnce() {
    model = Exporter.export(SmallModel.request(shared.resolve("models"))).versionFolder();
  }

  private static List<String> names(Path served) {
    return List.of(Objects.requireNonNull(served.toFile().list()));
  }

  private static void assertCopied(Path version) throws IOException {
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(version.resolve(model.relativize(file).toString())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void theNextVersionIsAWholeCopyAndOldOnesGoOnlyWhenAsked() throws IOException {
    Path served = folder.resolve("not/yet/there");
    Publisher.Published first = Publisher.publish(model, served, null);
    assertThat(first.version()).isEqualTo(served.resolve("1"));
    assertThat(first.maxAbsDifference()).isLessThanOrEqualTo(1e-5);
    assertCopied(first.version());
    // runs of a training have numbers too, and are none of a server's versions
    Files.writeString(Files.createDirectory(served.resolve("007")).resolve("saved_model.pb"), "x");
    Files.writeString(Files.createDirectory(served.resolve("5")).resolve("specification.json"), "");

    Publisher.Published second = Publisher.publish(model, served, 2);

    assertThat(second.version()).isEqualTo(served.resolve("8"));
    assertThat(second.removed()).containsExactly(served.resolve("1"));
    assertThat(names(served)).containsExactlyInAnyOrder("5", "007", "8");
    assertCopied(second.version());
  }

  /** Somebody else may have published after us: neither of the two goes. */
  @Test
  void theOneJustPublishedAndNewerOnesStay() throws IOException {
    for (String name : List.of("3", "20", "100")) {
      Path version = Files.createDirectory(folder.resolve(name));
      Files.writeString(version.resolve("saved_model.pb"), name);
    }
    VersionFolders folders = VersionFolders.open(folder);

    assertThat(folders.removeOlder(folder.resolve("20"), 1)).containsExactly(folder.resolve("3"));
    assertThat(names(folder)).containsExactlyInAnyOrder("20", "100");
    assertThat(folders.removeOlder(folder.resolve("100"), 2)).isEmpty();
    assertThat(folders.removeOlder(folder.resolve("100"), 1)).containsExactly(folder.resolve("20"));
  }

  @Test
  void severalAtATimeGetANumberEach() throws Exception {
    int publishers = 8;
    ExecutorService pool = Executors.newFixedThreadPool(publishers);
    try {
      List<Callable<Path>> work = new ArrayList<>();
      for (int i = 0; i < publishers; i++) {
        String content = "model " + i;
        work.add(
            () -> {
              VersionFolders folders = VersionFolders.open(folder);
              try (UnfinishedFolder mine = folders.temporary()) {
                Files.writeString(mine.path().resolve("saved_model.pb"), content);
                return folders.publish(mine);
              }
            });
      }
      List<String> contents = new ArrayList<>();
      for (Future<Path> done : pool.invokeAll(work)) {
        contents.add(Files.readString(done.get().resolve("saved_model.pb")));
      }
      assertThat(contents).doesNotHaveDuplicates().hasSize(publishers);
      assertThat(names(folder)).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8");
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void aModelThatIsNotWhatWasExportedIsNotPublished() throws IOException {
    Path served = folder.resolve("served");
    Publisher.publish(model, served, null);
    Path broken = Publisher.publish(model, folder.resolve("elsewhere"), null).version();
    Path data = broken.resolve("variables/variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[17] ^= 1;
    Files.write(data, bytes);

    assertThatThrownBy(() -> Publisher.publish(broken, served, 1))
        .isInstanceOf(NotVerifiedException.class)
        .hasMessageContaining(broken.toString())
        .hasMessageContaining("was not published to " + served)
        .hasMessageContaining("variables.data-00000-of-00001");
    assertThat(names(served)).containsExactly("1");
    assertThatThrownBy(() -> Publisher.publish(broken, folder.resolve("new/one"), null))
        .isInstanceOf(NotVerifiedException.class);
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void wrongFoldersAreNamed() throws IOException {
    assertThatThrownBy(() -> Publisher.publish(folder.resolve("none"), folder, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none: is not a model folder");
    assertThatThrownBy(() -> Publisher.publish(model, model.resolve("served"), null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is the model itself or in it");
    assertThat(names(model)).doesNotContain("served");
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Publisher.publish(model, file, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("file: cannot be written to");
    assertThatThrownBy(() -> Publisher.publish(model, folder, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 1 or more, received 0");
  }

  @Test
  void aFolderThatMayNotBeWrittenToIsNamed() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
    Path served = Files.createDirectory(folder.resolve("served"));
    assertThat(served.toFile().setWritable(false)).isTrue();
    assertThatThrownBy(() -> Publisher.publish(model, served, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("served: cannot be written to");
  }

  /** What a server reads as a version decides the next number, and nothing else does. */
  @Test
  void theNextNumberIsOneThatServersRead() throws IOException {
    Files.createDirectory(folder.resolve("007"));
    assertThat(next()).isEqualTo("8");
    Files.createDirectory(folder.resolve("+9"));
    assertThat(next()).isEqualTo("10");
    Files.writeString(folder.resolve("12"), "a file, which a server tries to load all the same");
    assertThat(next()).isEqualTo("13");
    Files.createSymbolicLink(folder.resolve("14"), model);
    assertThat(next()).isEqualTo("15");
    // 2^63, which no server reads, and names that are no numbers
    for (String name : List.of("9223372036854775808", "9".repeat(200), "-3", "1e9", "٣٣", "0x20")) {
      Files.createDirectory(folder.resolve(name));
    }
    assertThat(next()).isEqualTo("15");
    Files.createDirectory(folder.resolve("9223372036854775806"));
    assertThat(next()).isEqualTo("9223372036854775807");
    Path largest = Files.createDirectory(folder.resolve("09223372036854775807"));
    assertThatThrownBy(() -> Publisher.publish(model, folder, null))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(largest + ": is the largest version that a server reads");
    assertThat(names(folder)).noneMatch(name -> name.startsWith("."));
  }

  private String next() throws IOException {
    VersionFolders folders = VersionFolders.open(folder);
    try (UnfinishedFolder mine = folders.temporary()) {
      Path published = folders.publish(mine);
      Files.delete(published);
      return published.getFileName().toString();
    }
  }

  @Test
  void aVersionThatIsALinkIsNeverRemoved() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("saved_model.pb"), "x");
    Path served = Files.createDirectory(folder.resolve("served"));
    Files.createSymbolicLink(served.resolve("1"), elsewhere);
    Path own = Files.createDirectory(served.resolve("2"));
    Files.writeString(own.resolve("saved_model.pb"), "x");

    assertThat(VersionFolders.open(served).removeOlder(own, 1)).isEmpty();
    assertThat(names(served)).containsExactlyInAnyOrder("1", "2");
  }

  /** A server would read, and show, what lies behind a link. */
  @Test
  void linksAndPipesInAModelAreRefusedByName() throws Exception {
    Path served = folder.resolve("served");
    Path mine = Publisher.publish(model, folder.resolve("mine"), null).version();
    Path secret = Files.createDirectories(mine.resolve("assets")).resolve("secret");
    Files.createSymbolicLink(secret, Path.of("/etc/hostname"));
    assertRefused(mine, served, secret + ": is a link, which is not published");
    Files.delete(secret);

    Path data = mine.resolve("variables/variables.data-00000-of-00001");
    Files.move(data, folder.resolve("data"));
    Files.createSymbolicLink(data, folder.resolve("data"));
    assertRefused(mine, served, data + ": is a link");
    Files.move(folder.resolve("data"), data, StandardCopyOption.REPLACE_EXISTING);

    Files.move(mine.resolve("variables"), folder.resolve("variables"));
    Path variables =
        Files.createSymbolicLink(mine.resolve("variables"), folder.resolve("variables"));
    assertRefused(mine, served, variables + ": is a link");
    Files.move(folder.resolve("variables"), variables, StandardCopyOption.REPLACE_EXISTING);

    Path pipe = RegularFilesTest.pipe(mine.resolve("assets/pipe"));
    assertRefused(mine, served, pipe + ": is not a file and is not published");
    Files.delete(pipe);
    Path control = Files.writeString(mine.resolve("assets/a\nb"), "");
    assertRefused(mine, served, "assets/a?b: has a name that is not published");
    Files.delete(control);

    Files.writeString(mine.resolve("assets/notes.txt"), "not exported");
    assertThatThrownBy(() -> Publisher.publish(mine, served, null))
        .isInstanceOf(NotVerifiedException.class)
        .hasMessageContaining("unlisted-file: assets/notes.txt is not in the manifest");
    assertThat(served).doesNotExist();
    Files.delete(mine.resolve("assets/notes.txt"));

    // the folders themselves may be named by links: that is where the user says they are
    Path link = Files.createSymbolicLink(folder.resolve("link"), mine);
    Path target = Files.createSymbolicLink(folder.resolve("target"), shared.resolve("models"));
    Path version = Publisher.publish(link, target, null).version();
    assertCopied(version);
    AtomicFiles.deleteRecursively(version);
  }

  private static void assertRefused(Path mine, Path served, String message) {
    assertThatThrownBy(() -> Publisher.publish(mine, served, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
    assertThat(served).doesNotExist();
  }
}
