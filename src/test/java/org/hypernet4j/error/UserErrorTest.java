// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserErrorTest {
  @Test
  void putsTheFivePartsOnOneLine() {
    UserError error =
        UserError.in("model.json")
            .what("unknown key 'kernal'")
            .expected("one of kernel, bias")
            .received("kernal\nand more")
            .next("did you mean 'kernel'?")
            .build();
    assertThat(error)
        .hasMessage(
            "model.json: unknown key 'kernal'; expected one of kernel, bias, received kernal and"
                + " more. Did you mean 'kernel'?");
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    assertThat(UserError.in("--port").what("not a port").received("x").build())
        .hasMessage("--port: not a port; received x.");
  }

  /**
   * Parts may come from a stranger's file: 40,000 spaces took minutes, an escape reached the
   * terminal.
   */
  @Test
  void whatAFileHoldsStaysOneLineThatNoTerminalObeys() {
    UserError error =
        UserError.in("a \r\n b\tc")
            .what("is\u001b[31m red" + " ".repeat(100_000) + "\n\n  end")
            .build();
    assertThat(error).hasMessageStartingWith("a b\tc: is\uFFFD[31m red ");
    assertThat(error.getMessage()).doesNotContain("\n").hasSizeLessThan(9000);
    assertThat(UserError.in("x").what("one \n two\r\r three").build())
        .hasMessage("x: one two three.");
  }

  @Test
  void movesToAnotherPlaceWithTheSameWords() {
    UserError error = UserError.in("epochs").what("missing key").expected("an integer").build();
    assertThat(error.at("run.json, training." + error.where()))
        .hasMessage("run.json, training.epochs: missing key; expected an integer.");
  }
}
