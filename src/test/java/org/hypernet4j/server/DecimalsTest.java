// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts of the tables come from C's printf, through Python's {@code '%.6g'}. */
class DecimalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x1.0000000000000p+0 | 1.0",
        "0x1.99999a0000000p-4 | 0.1",
        "0x1.12a8800000000p+23 | 9e+06",
        "0x1.f751040000000p-16 | 3e-05",
        "0x1.5555560000000p-2 | 0.333333343",
        "0x1.0000000000000p+24 | 16777216.0",
        "0x1.e240000000000p+16 | 123456.0",
        "0x1.2d68700000000p+20 | 1234567.0",
        "0x1.a36e2e0000000p-14 | 0.0001",
        "0x1.02e4b60000000p-13 | 0.00012345",
        "0x1.2a05f20000000p+33 | 1e+10",
        "0x1.fffffe0000000p+127 | 3.40282347e+38",
        "0x1.0000000000000p-149 | 1.4013e-45",
        "0x1.0000000000000p-126 | 1.17549435e-38",
        "0x1.e847f00000000p+19 | 999999.5",
        "0x1.fffffe0000000p-1 | 0.99999994",
        "-0x1.4000000000000p+1 | -2.5",
        "0x1.e848000000000p+19 | 1e+06",
        "0x1.e847e00000000p+19 | 999999.0",
        "0x1.86a0000000000p+16 | 100000.0",
        "-0x1.35b49e0000000p+79 | -7.31271521e+23",
        "0x1.def5460000000p-88 | 6.04530112e-27",
        "-0x1.5046de0000000p+24 | -22038238.0",
        "0x1.60c7f80000000p-45 | 3.91665731e-14",
        "NaN | NaN",
        "Infinity | Infinity",
        "-Infinity | -Infinity",
        "-0x0p+0 | -0.0",
        "0x0p+0 | 0.0",
      })
  void float32(String value, String text) {
    assertThat(Decimals.of(Float.parseFloat(value))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.1 | 0.1",
        "0.3333333333333333 | 0.33333333333333331",
        "2.5 | 2.5",
        "1e+300 | 1e+300",
        "5e-324 | 4.94066e-324",
        "123456789.0 | 123456789.0",
        "0.30000000000000004 | 0.30000000000000004",
        "1.7976931348623157e+308 | 1.7976931348623157e+308",
      })
  void float64(String value, String text) {
    assertThat(Decimals.of(Double.parseDouble(value))).isEqualTo(text);
  }

  @Test
  void everyFloatComesBackAndHasTheExactDigits() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 50_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isFinite(value) || value == 0) {
        continue;
      }
      String text = Decimals.of(value);
      assertThat(Float.parseFloat(text)).as(text).isEqualTo(value);
      // the exact binary value in decimal, rounded once as C does
      BigDecimal brief =
          new BigDecimal((double) value).round(new MathContext(6, RoundingMode.HALF_EVEN));
      BigDecimal exact =
          brief.floatValue() == value
              ? brief
              : new BigDecimal((double) value).round(new MathContext(9, RoundingMode.HALF_EVEN));
      assertThat(new BigDecimal(text)).as(text).isEqualByComparingTo(exact);
    }
  }
}
