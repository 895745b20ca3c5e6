// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README shows the code that is compiled and run, and the commands that exist. */
class ReadmeTest {
  @ParameterizedTest
  @ValueSource(strings = {"GenerateYourOwnKernelTest", "RunACellOverTimeTest"})
  void showsTheExampleThatRuns(String example) throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/hypernet4j/examples", example + ".java"));
    String begin = "// README example begins\n";
    String code =
        source.substring(
            source.indexOf(begin) + begin.length(), source.indexOf("      // README example ends"));
    String dedented =
        code.lines()
            .map(l -> l.length() > 4 ? l.substring(4) : "")
            .collect(Collectors.joining("\n"));
    assertThat(Files.readString(Path.of("README.md")))
        .contains("```java\n" + dedented + "\n}\n```");
  }

  /** From a CSV file to a served model, at most 60 lines. */
  @Test
  void showsTheRecipeThatRuns() throws IOException {
    String source = Files.readString(Path.of("src/test/java/org/hypernet4j/examples/Waves.java"));
    String begin = "  // README example begins\n";
    String code =
        source.substring(
            source.indexOf(begin) + begin.length(), source.indexOf("  // README example ends"));
    String dedented =
        code.lines()
            .map(l -> l.length() > 2 ? l.substring(2) : "")
            .collect(Collectors.joining("\n"));
    assertThat(dedented.lines().count()).isLessThanOrEqualTo(60);
    assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + dedented + "\n```");
  }

  @Test
  void linksToFilesThatExist() throws IOException {
    Matcher links =
        Pattern.compile("\\]\\((?!http)([^)#]+)\\)")
            .matcher(Files.readString(Path.of("README.md")));
    while (links.find()) {
      assertThat(Path.of(links.group(1))).exists();
    }
  }

  @Test
  void theGateCallsTheTestCommandOfTheReadme() throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains("\n    mvn verify ");
    assertThat(Files.readString(Path.of(".ci/run"))).containsPattern("mvn [^\n]*verify");
  }
}
