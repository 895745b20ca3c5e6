// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases are those of TensorFlow Serving's own test of its REST handler, and more. */
class RestPathTest {
  @Test
  void knownPaths() {
    assertThat(RestPath.parse("POST", "/v1/models/foo:predict"))
        .isEqualTo(new RestPath("foo", null, null, "predict"));
    assertThat(RestPath.parse("POST", "/v1/models/foo/versions/007:classify"))
        .isEqualTo(new RestPath("foo", 7L, null, "classify"));
    assertThat(RestPath.parse("POST", "/V1/Models/a%20b%zz+/labels/st%2Fable:regress"))
        .isEqualTo(new RestPath("a b%zz+", null, "st/able", "regress"));
    assertThat(RestPath.parse("GET", "/v1/models/foo"))
        .isEqualTo(new RestPath("foo", null, null, "status"));
    assertThat(RestPath.parse("GET", "/v1/models/foo/versions/50/metadata"))
        .isEqualTo(new RestPath("foo", 50L, null, "metadata"));
    assertThat(RestPath.parse("GET", "/v1/models"))
        .isEqualTo(new RestPath("", null, null, "status"));
    assertThat(RestPath.isOurs("/v1/x")).isTrue();
    assertThat(RestPath.isOurs("/v1")).isFalse();
    assertThat(RestPath.isOurs("/statuspage")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/foo",
    "POST, /v1/foo",
    "GET, /v1/models/debug/model_name",
    "POST, /v1/models",
    "GET, /v1/models/foo:predict",
    "POST, /v1/models/foo/version/50:regress",
    "POST, /v1/models/foo/versions/HELLO:regress",
    "POST, /v1/models/foo/metadata",
    "POST, /v1/models/foo/versions/50/labels/some_label:regress",
    "POST, /v1/models/foo:Predict",
    "POST, /v1/models/foo:predict/",
    "PUT, /v1/models/foo",
    "DELETE, /v1/models/foo:predict",
    "HEAD, /v1/models/foo",
  })
  void malformed(String method, String path) {
    assertThatThrownBy(() -> RestPath.parse(method, path))
        .isInstanceOf(RestError.class)
        .hasMessage("Malformed request: " + method + " " + path);
  }

  @Test
  void aVersionBeyond64Bits() {
    assertThatThrownBy(
            () -> RestPath.parse("POST", "/v1/models/foo/versions/18446744073709551615:predict"))
        .hasMessage("Failed to convert version: 18446744073709551615 to numeric.");
  }
}
