// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/service.md shows the service that the build compiles and runs as a project of its own. */
class ServiceGuideTest {
  @Test
  void theServiceIsThatOfTheProject() throws IOException {
    String source =
        Files.readString(Path.of("src/consumers/service/src/main/java/service/DigitService.java"));
    assertThat(Files.readString(Path.of("docs/service.md")))
        .contains("```java\n" + source.substring(source.indexOf("public final class")) + "```");
  }
}
