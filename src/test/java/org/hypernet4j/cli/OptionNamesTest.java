// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

/** Settings that the library names, as the command line writes them. */
class OptionNamesTest {
  private static String written(Setting setting) {
    return UserError.in(setting).what("x").build().message(OptionNames.NOTATION);
  }

  @Test
  void namesAreOptions() {
    assertThat(written(Setting.of("resume"))).isEqualTo("--resume: x.");
    assertThat(written(Setting.of("noExport"))).isEqualTo("--no-export: x.");
    assertThat(written(Setting.of("allowOp", "ReadFile"))).isEqualTo("--allow-op ReadFile: x.");
    assertThat(written(Setting.of("from", "best.ckpt"))).isEqualTo("--resume-from best.ckpt: x.");
    assertThat(written(Setting.of("override"))).isEqualTo("--set: x.");
  }

  @Test
  void pathsOfSpecificationsAreSet() {
    assertThat(written(Setting.of("training.steps", "N"))).isEqualTo("--set training.steps=N: x.");
  }

  @Test
  void commandsAreThoseOfTheLauncher() {
    assertThat(written(Setting.command("verify", "models/a/1")))
        .isEqualTo("'./hypernet4j verify models/a/1': x.");
    assertThat(written(Setting.command("doctor"))).isEqualTo("'./hypernet4j doctor': x.");
    assertThat(written(Setting.command("launcher", "gpu"))).isEqualTo("./hypernet4j --gpu: x.");
  }
}
