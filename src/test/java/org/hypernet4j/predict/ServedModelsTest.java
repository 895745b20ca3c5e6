// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.predict.ServedFolder.answers;
import static org.hypernet4j.predict.ServedFolder.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.error.UserError;
import org.hypernet4j.predict.VersionStatus.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a folder may hold, and several models at a time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServedModelsTest {
  private static final ServingSettings NEVER = ServingSettings.DEFAULT.withPoll(Duration.ZERO);

  @TempDir Path folder;

  @Test
  void aFolderOfSeveralModels() throws IOException {
    publish(folder.resolve("a"), "1");
    publish(folder.resolve("b"), "3");
    Files.createDirectory(folder.resolve("notes"));
    Files.writeString(folder.resolve("README.md"), "models");
    try (ServedModels models = ServedModels.open(folder, NEVER)) {
      assertThat(models.names()).containsExactly("a", "b");
      assertThat(models.ready()).isTrue();
      try (Lease lease = models.lease("b", null, null)) {
        assertThat(answers(lease.servable())).isTrue();
        assertThat(lease.servable().description().name()).isEqualTo("b");
        assertThat(lease.version()).isEqualTo(3);
      }
      assertThatThrownBy(() -> models.lease("c", 3L, null))
          .isInstanceOfSatisfying(
              NoSuchModelException.class,
              e -> {
                assertThat(e).hasMessage("there is no model 'c'; there is a, b");
                assertThat(e.name()).isEqualTo("c");
                assertThat(e.version()).isEqualTo(3);
                assertThat(e.label()).isNull();
              });
      assertThatThrownBy(() -> models.status("c")).isInstanceOf(NoSuchModelException.class);

      publish(folder.resolve("c"), "1");
      models.refresh();
      assertThat(models.names()).containsExactly("a", "b", "c");
      models.setLabel("c", "stable", 1);
      try (Lease lease = models.lease("c", null, "stable")) {
        assertThat(answers(lease.servable())).isTrue();
      }
    }
  }

  @Test
  void aFolderOfVersions() {
    publish(folder.resolve("dense"), "1");
    publish(folder.resolve("dense"), "2");
    try (ServedModels models = ServedModels.open(folder.resolve("dense"), NEVER)) {
      assertThat(models.names()).containsExactly("dense");
      assertThat(models.status("dense"))
          .containsExactly(new VersionStatus(2, State.AVAILABLE, "OK", ""));
    }
  }

  @Test
  void oneVersion() throws IOException {
    publish(folder.resolve("dense"), "2");
    publish(folder.resolve("dense"), "3");
    try (ServedModels models = ServedModels.open(folder.resolve("dense/2"), NEVER)) {
      assertThat(models.names()).containsExactly("dense");
      models.refresh();
      assertThat(models.model("dense").available()).containsExactly(2L);
    }
    ServedFolder.copy(folder.resolve("dense/2"), folder.resolve("plain"));
    try (ServedModels models = ServedModels.open(folder.resolve("plain"), NEVER)) {
      assertThat(models.names()).containsExactly("plain");
      assertThat(models.model("plain").available()).containsExactly(1L);
    }
  }

  @Test
  void oneBadModelDoesNotKeepTheOthersBack() throws IOException {
    publish(folder.resolve("good"), "1");
    Files.delete(publish(folder.resolve("bad"), "1").resolve("variables/variables.index"));
    try (ServedModels models = ServedModels.open(folder, NEVER)) {
      assertThat(models.names()).containsExactly("bad", "good");
      assertThat(models.ready()).isFalse();
      Health health = models.health();
      assertThat(health.live()).isTrue();
      assertThat(health.ready()).isFalse();
      assertThat(health.problems()).hasSize(2);
      assertThat(health.problems().get(0)).isEqualTo("no version of the model 'bad' takes calls");
      assertThat(health.problems().get(1))
          .contains("version 1 of the model 'bad'", "variables.index");
      assertThatThrownBy(() -> models.lease("bad", null, null))
          .isInstanceOf(NoSuchModelException.class)
          .hasMessageContaining("versions that do: none");
      models.lease("good", null, null).close();
    }
    assertThatThrownBy(() -> ServedModels.open(folder.resolve("bad"), NEVER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("variables.index");
  }

  @Test
  void aFolderWithoutModels() {
    assertThatThrownBy(() -> ServedModels.open(folder, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("holds no model; expected a folder of versions (1, 2, ...)");
    assertThatThrownBy(() -> ServedModels.open(folder.resolve("none"), NEVER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be listed");
    assertThatThrownBy(() -> NEVER.withPoll(Duration.ofMillis(-1))).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> NEVER.withDrain(Duration.ofDays(1000)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("drain cannot be used; expected a duration of 0 to 365 days");
  }

  @Test
  void closedOnesTakeNoCalls() {
    publish(folder.resolve("a"), "1");
    ServedModels models = ServedModels.open(folder, ServingSettings.DEFAULT);
    assertThat(models.health()).isEqualTo(new Health(true, true, List.of()));
    models.close();
    models.close();
    models.refresh();
    assertThat(models.ready()).isFalse();
    assertThat(models.health().live()).isFalse();
    assertThatThrownBy(() -> models.lease("a", null, null))
        .isInstanceOf(IllegalStateException.class);
  }
}
