// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorTest {
  /** By hand: the 3-4-5 triangle, halves of right angles, whole turns more or less. */
  @ParameterizedTest
  @CsvSource({
    "'0', 1, 0, 0",
    "'90', 0, 1, 90",
    "'-90', 0, -1, 270",
    "'405', 0.70710678, 0.70710678, 45",
    "' 0.6 , 0.8 ', 0.6, 0.8, 53.1301024",
    "'-1,0', -1, 0, 180",
    "'0.707,0.707', 0.707, 0.707, 45"
  })
  void anglesAndTheirCosinesAndSines(String words, float cosine, float sine, double degrees) {
    Descriptor descriptor = Descriptor.parse(words);
    assertThat(descriptor.cosine()).isCloseTo(cosine, within(1e-6f));
    assertThat(descriptor.sine()).isCloseTo(sine, within(1e-6f));
    assertThat(descriptor.degrees()).isCloseTo(degrees, within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "east", "NaN", "Infinity", "1e60", "0.6,0.9", "0,0", "1,0,0", "NaN,1", "1,"})
  void othersAreRefused(String words) {
    assertThatThrownBy(() -> Descriptor.parse(words))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("condition: ");
  }

  @ParameterizedTest
  @CsvSource({"45, 45", "22.5, 22.5", "-30, 330", "359.999, 0", "100, 100", "0.125, 0.12"})
  void anglesInNames(double degrees, String text) {
    assertThat(Descriptor.text(degrees)).isEqualTo(text);
  }

  @Test
  void rowsLieOneAfterTheOther() {
    Descriptor up = new Descriptor(0, 1);
    Descriptor right = new Descriptor(1, 0);
    assertThat(Descriptor.rows(List.of(up, right)).floats()).containsExactly(0, 1, 1, 0);
  }
}
