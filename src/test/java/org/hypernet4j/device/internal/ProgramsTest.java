// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that answer, fail and hang. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs are scripts of sh")
class ProgramsTest {
  private static List<String> sh(Duration limit, String script) {
    return Programs.lines(limit, Map.of("WORD", "b"), "sh", "-c", script);
  }

  @Test
  void linesAreThoseOfAProgramThatSucceeds() {
    Duration limit = Duration.ofSeconds(20);
    assertThat(sh(limit, "echo a; echo; echo $WORD >&2")).containsExactly("a", "b");
    assertThat(sh(limit, "echo a; exit 1")).isEmpty();
    assertThat(Programs.lines("no-such-program-at-all")).isEmpty();
  }

  /** Hanging with its output open, after closing it, and in a flood of output. */
  @Test
  void aProgramThatHangsIsGivenUp() {
    for (String script :
        List.of("echo a; sleep 30", "exec >/dev/null 2>&1; exec sleep 30", "exec yes")) {
      long start = System.nanoTime();
      assertThat(sh(Duration.ofMillis(200), script)).as(script).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as(script)
          .isBetween(Duration.ofMillis(200), Duration.ofSeconds(15));
    }
  }

  @Test
  void whatItStartedIsEndedToo(@TempDir Path folder) throws Exception {
    Path number = folder.resolve("number");
    assertThat(sh(Duration.ofSeconds(1), "sleep 30 & echo $! >" + number + "; wait")).isEmpty();
    ProcessHandle.of(Long.parseLong(Files.readString(number).strip()))
        .ifPresent(sleep -> sleep.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }
}
