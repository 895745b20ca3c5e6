// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/training.md shows the code that is compiled, and that StepGradientsTest trains with. */
class TrainingGuideTest {
  @Test
  void showsTheLookAheadThatRuns() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/hypernet4j/examples/LookAhead.java"));
    String begin = "  // example begins\n";
    String code =
        source.substring(
            source.indexOf(begin) + begin.length(), source.indexOf("  // example ends"));
    String dedented =
        code.lines()
            .map(l -> l.length() > 2 ? l.substring(2) : "")
            .collect(Collectors.joining("\n"));
    assertThat(dedented.lines().count()).isLessThanOrEqualTo(30);
    assertThat(Files.readString(Path.of("docs/training.md")))
        .contains("```java\n" + dedented + "\n```");
  }
}
