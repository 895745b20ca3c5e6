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

  @Test
  void movesToAnotherPlaceWithTheSameWords() {
    UserError error = UserError.in("epochs").what("missing key").expected("an integer").build();
    assertThat(error.at("run.json, training." + error.where()))
        .hasMessage("run.json, training.epochs: missing key; expected an integer.");
  }
}
