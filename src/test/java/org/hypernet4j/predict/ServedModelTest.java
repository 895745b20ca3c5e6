// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.hypernet4j.predict.ServedFolder.answers;
import static org.hypernet4j.predict.ServedFolder.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.predict.VersionStatus.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions that come, take calls, and go. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServedModelTest {
  private static final ServingSettings NEVER = ServingSettings.DEFAULT.withPoll(Duration.ZERO);

  @TempDir Path folder;
  private Path base;

  @BeforeEach
  void firstVersion() throws IOException {
    base = Files.createDirectory(folder.resolve("dense"));
    publish(base, "1");
  }

  private static VersionStatus available(long version) {
    return new VersionStatus(version, State.AVAILABLE, "OK", "");
  }

  private static VersionStatus ended(long version) {
    return new VersionStatus(version, State.END, "OK", "");
  }

  @Test
  void theNewestVersionAnswersAndTheOldOneIsClosed() {
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      assertThat(model.status()).containsExactly(available(1));
      assertThat(model.description().name()).isEqualTo("dense");
      assertThat(model.description().version()).isEqualTo(1);
      publish(base, "0012"); // servers read it as 12
      model.refresh();
      assertThat(model.status()).containsExactly(available(12), ended(1));
      assertThat(model.description().version()).isEqualTo(12);
      assertThat(answers(model)).isTrue();
      assertThat(model.health()).isEqualTo(new Health(true, true, List.of()));
    }
  }

  @Test
  void aFolderIsLookedAtAgainAndAgain() throws InterruptedException {
    try (ServedModel model =
        ServedModel.open(base, ServingSettings.DEFAULT.withPoll(Duration.ofMillis(20)))) {
      publish(base, "2");
      while (!model.available().equals(List.of(2L))) {
        Thread.sleep(5);
      }
      assertThat(answers(model)).isTrue();
    }
  }

  /** Calls run all the time while versions come; none fails. */
  @Test
  void noCallFailsWhileVersionsChange() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    Set<Long> seen = new ConcurrentSkipListSet<>();
    MicroBatcher.Settings batching = new MicroBatcher.Settings(8, Duration.ofMillis(1), 100, 2);
    try (ServedModel model = ServedModel.open(base, NEVER.withBatching(batching))) {
      Callable<Boolean> calling =
          () -> {
            boolean right = true;
            while (!seen.contains(4L)) {
              right &= answers(model);
              seen.add(model.description().version());
            }
            return right;
          };
      List<Future<Boolean>> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(callers.submit(calling));
      }
      for (long version = 2; version <= 4; version++) {
        while (!seen.contains(version - 1)) {
          Thread.sleep(1);
        }
        publish(base, String.valueOf(version));
        model.refresh();
      }
      for (Future<Boolean> thread : threads) {
        assertThat(thread.get()).isTrue();
      }
      assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
      assertThat(model.status()).containsExactly(available(4), ended(3), ended(2), ended(1));
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void aLeaseKeepsItsVersionOpen() {
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      Lease old = model.lease(null, null);
      publish(base, "2");
      model.refresh();
      assertThat(model.status())
          .containsExactly(available(2), new VersionStatus(1, State.UNLOADING, "OK", ""));
      assertThat(old.version()).isEqualTo(1);
      assertThat(old.folder()).isEqualTo(base.resolve("1"));
      old.servable().close(); // is not the caller's to close
      assertThat(answers(old.servable())).isTrue();
      assertThat(answers(old.predictor())).isTrue();
      assertThatThrownBy(() -> model.lease(1L, null))
          .isInstanceOf(NoSuchModelException.class)
          .hasMessage("version 1 of the model 'dense' does not take calls; versions that do: 2");
      old.close();
      old.close();
      assertThat(model.status()).containsExactly(available(2), ended(1));
      assertThatThrownBy(() -> answers(old.predictor())).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aBadVersionIsRefusedAndTheOldOneStays() throws IOException {
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      publish(base, "2");
      Path index = base.resolve("3/variables/variables.index");
      publish(base, "3");
      Files.delete(index);
      model.refresh();
      // the newest that can be served
      assertThat(model.available()).containsExactly(2L);
      VersionStatus refused = model.status().get(0);
      assertThat(refused.version()).isEqualTo(3);
      assertThat(refused.state()).isEqualTo(State.END);
      assertThat(refused.errorCode()).isEqualTo("FAILED_PRECONDITION");
      assertThat(refused.message()).contains("variables.index").doesNotContain("\n");
      assertThat(model.health().ready()).isTrue();
      assertThat(model.health().problems())
          .singleElement()
          .asString()
          .startsWith("version 3 of the model 'dense': ");
      model.refresh();
      assertThat(model.status().get(0)).isEqualTo(refused);

      Files.copy(base.resolve("1/variables/variables.index"), index);
      model.refresh();
      assertThat(model.available()).containsExactly(3L);
      assertThat(answers(model)).isTrue();
    }
  }

  @Test
  void numbersThatHoldNoModel() throws IOException {
    Files.createDirectory(base.resolve("7"));
    Files.writeString(base.resolve("8"), "8");
    Files.createDirectory(base.resolve("tmp-9"));
    Files.createDirectory(base.resolve("99999999999999999999")); // more than 64 bits
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      assertThat(model.available()).containsExactly(1L);
      assertThat(model.status())
          .extracting(VersionStatus::version, VersionStatus::errorCode)
          .containsExactly(
              tuple(8L, "NOT_FOUND"), tuple(7L, "FAILED_PRECONDITION"), tuple(1L, "OK"));
    }
    AtomicFiles.deleteRecursively(base.resolve("1"));
    assertThatThrownBy(() -> ServedModel.open(base, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no version of the model 'dense' can be served");
    assertThatThrownBy(() -> ServedModel.open(folder.resolve("none"), NEVER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be read: java.nio.file.NoSuchFileException");
  }

  /** A server reads a model while another process still copies it. */
  @Test
  void aFolderThatChangesWhileItIsReadIsTakenWhenItIsComplete() throws Exception {
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      Path file = publish(base, "2").resolve(ModelFiles.MODEL);
      Thread writer =
          new Thread(
              () -> {
                for (long time = 1; !Thread.currentThread().isInterrupted(); time++) {
                  try {
                    Files.setLastModifiedTime(file, FileTime.fromMillis(1000 * time));
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      writer.start();
      model.refresh();
      writer.interrupt();
      writer.join();
      assertThat(model.available()).containsExactly(1L);
      assertThat(model.status().get(0).message())
          .contains("its files changed while they were read");
      model.refresh();
      assertThat(model.available()).containsExactly(2L);
    }
  }

  @Test
  void whatIsServedStaysWhenItsFolderGoes() throws IOException {
    publish(base, "2");
    try (ServedModel model = ServedModel.open(base, NEVER)) {
      AtomicFiles.deleteRecursively(base.resolve("2"));
      model.refresh(); // back to the version before
      assertThat(model.available()).containsExactly(1L);
      AtomicFiles.deleteRecursively(base.resolve("1"));
      model.refresh();
      assertThat(answers(model)).isTrue();
      AtomicFiles.deleteRecursively(base);
      model.refresh();
      assertThat(answers(model)).isTrue();
      Files.createDirectory(base);
      publish(base, "5");
      model.refresh();
      assertThat(model.status()).containsExactly(available(5), ended(1));
      model.refresh();
      assertThat(model.status()).containsExactly(available(5)); // 1 is not there any more
    }
  }

  @Test
  void policies() {
    publish(base, "2");
    publish(base, "3");
    try (ServedModel model =
        ServedModel.open(base, NEVER.withVersions(new VersionPolicy.Latest(2)))) {
      assertThat(model.available()).containsExactly(3L, 2L);
      publish(base, "4");
      model.refresh();
      assertThat(model.available()).containsExactly(4L, 3L);
    }
    try (ServedModel model =
        ServedModel.open(
            base, NEVER.withVersions(new VersionPolicy.Specific(List.of(1L, 3L, 9L))))) {
      assertThat(model.available()).containsExactly(3L, 1L);
    }
    try (ServedModel model = ServedModel.open(base, NEVER.withVersions(VersionPolicy.ALL))) {
      assertThat(model.available()).containsExactly(4L, 3L, 2L, 1L);
      try (Lease lease = model.lease(2L, null)) {
        assertThat(lease.version()).isEqualTo(2);
      }
    }
    assertThatThrownBy(() -> new VersionPolicy.Latest(0)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new VersionPolicy.Specific(List.of())).isInstanceOf(UserError.class);
  }

  @Test
  void labels() {
    publish(base, "2");
    try (ServedModel model = ServedModel.open(base, NEVER.withVersions(VersionPolicy.ALL))) {
      model.setLabel("stable", 1);
      model.setLabel("canary", 2);
      try (Lease lease = model.lease(null, "stable")) {
        assertThat(lease.version()).isEqualTo(1);
      }
      model.setLabel("stable", 2);
      try (Lease lease = model.lease(2L, "stable")) {
        assertThat(lease.version()).isEqualTo(2);
      }
      assertThatThrownBy(() -> model.setLabel("stable", 9))
          .isInstanceOf(NoSuchModelException.class)
          .hasMessageContaining("version 9");
      assertThatThrownBy(() -> model.lease(null, "beta"))
          .isInstanceOf(NoSuchModelException.class)
          .hasMessage("the model 'dense' has no label 'beta'; it has [canary, stable]");
      assertThatThrownBy(() -> model.lease(1L, "stable")).isInstanceOf(NoSuchModelException.class);
    }
  }

  @Test
  void closingWaitsForLeasesAsLongAsItMay() throws Exception {
    ServedModel model = ServedModel.open(base, NEVER.withDrain(Duration.ofMillis(50)));
    Lease forgotten = model.lease(null, null);
    long start = System.nanoTime();
    model.close();
    assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(50).toNanos());
    assertThatThrownBy(() -> answers(forgotten.servable()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.lease(null, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model 'dense' is closed");
    assertThat(model.health().live()).isFalse();
    assertThat(model.isReady()).isFalse();
    forgotten.close();
    model.close();

    ServedModel other = ServedModel.open(base, NEVER);
    Lease lease = other.lease(null, null);
    Thread closing = new Thread(other::close);
    closing.start();
    while (other.status().get(0).state() != State.UNLOADING) {
      Thread.sleep(1);
    }
    assertThat(answers(lease.servable())).isTrue();
    lease.close();
    closing.join();
    assertThat(other.status()).containsExactly(ended(1));
  }
}
