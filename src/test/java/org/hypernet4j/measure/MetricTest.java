// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricTest {
  @Test
  void sharesAreShownInPerCent() {
    assertThat(Metric.of("error").words(0.027)).isEqualTo("2.70 %");
    assertThat(Metric.of("error").axis()).isEqualTo("error, %");
    assertThat(Metric.of("accuracyTask3").words(0.9324)).isEqualTo("93.24 %");
    assertThat(Metric.of("accuracyTask3").title()).isEqualTo("accuracy task 3");
    assertThat(Metric.of("accuracyTask3").higherIsBetter()).isTrue();
    assertThat(Metric.of("penError").words(0.0775)).isEqualTo("7.75 %");
  }

  @Test
  void othersHaveTheirUnit() {
    assertThat(Metric.of("bpc").words(2.05)).isEqualTo("2.0500");
    assertThat(Metric.of("nats").words(-92.275)).isEqualTo("-92.2750 nats");
    assertThat(Metric.of("psnr").axis()).isEqualTo("PSNR, dB");
    assertThat(Metric.of("test2016/bleu").words(29.734)).isEqualTo("29.73");
    assertThat(Metric.of("test2016/bleu").title()).isEqualTo("BLEU of test2016");
    assertThat(Metric.of("learningRate").words(2.5e-5)).isEqualTo("2.50e-05");
    assertThat(Metric.of("loss").words(Double.NaN)).isEqualTo("not finite");
    assertThat(Metric.of("firstLoss").title()).isEqualTo("first loss");
  }
}
