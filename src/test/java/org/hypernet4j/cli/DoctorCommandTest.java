// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void findsWhatTheTestsThemselvesNeed() {
    Cli doctor = Cli.run("doctor", "--json");

    assertThat(doctor.exitCode()).as(doctor.err().toString()).isZero();
    JsonObject json = doctor.json();
    assertThat(json.get("healthy").getAsBoolean()).isTrue();
    assertThat(json.getAsJsonArray("problems")).isEmpty();
    assertThat(json.get("tensorflow").getAsString()).isEqualTo("2.18.0");
    assertThat(json.get("devices").getAsString()).contains("CPU");
    assertThat(json.get("cores").getAsInt()).isPositive();
    assertThat(json.get("heapMiB").getAsLong()).isPositive();
    assertThat(json.get("nativeLibrary").getAsString()).contains("tensorflow-core-native");
    assertThat(json.get("matmulGflops").getAsDouble()).isPositive();
    assertThat(json.get("convMillis").getAsDouble()).isPositive();
  }
}
