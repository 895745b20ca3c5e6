// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One message as a program and as a front end reads it. */
class SettingTest {
  private static final Setting.Notation LOUD =
      new Setting.Notation() {
        @Override
        public String setting(String name, @Nullable String value) {
          return "<" + name + (value == null ? "" : " is " + value) + ">";
        }

        @Override
        public String command(String name, String arguments) {
          return "<run " + name + "(" + arguments + ")>";
        }
      };

  private static UserError error() {
    return UserError.in(Setting.of("resume"))
        .what("there is no run")
        .expected("no " + Setting.of("data"))
        .received(Setting.of("training.steps", 5))
        .next("look with " + Setting.command("verify", "models/a", 1) + "; " + Setting.of("gpu"))
        .build();
  }

  @Test
  void programReadsNames() {
    assertThat(error())
        .hasMessage(
            "resume: there is no run; expected no data, received training.steps=5. Look with"
                + " 'verify models/a 1'; gpu.");
    assertThat(error().where()).isEqualTo("resume");
  }

  @Test
  void frontEndWritesItsOwn() {
    assertThat(error().message(LOUD))
        .isEqualTo(
            "<resume>: there is no run; expected no <data>, received <training.steps is 5>. Look"
                + " with <run verify(models/a 1)>; <gpu>.");
    assertThat(error().at("file, " + Setting.of("x")).message(LOUD)).startsWith("file, <x>: there");
  }

  @Test
  void strayMarksOfStrangersTextAreShownAsDamage() {
    assertThat(UserError.in("f").what("a\uFDD0b\uFDD1").build()).hasMessage("f: a\uFFFDb\uFFFD.");
  }
}
