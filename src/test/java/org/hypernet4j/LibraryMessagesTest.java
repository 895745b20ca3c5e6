// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The library names settings; only the command line knows how they are written there. */
class LibraryMessagesTest {
  private static final Path MAIN = Path.of("src/main/java/org/hypernet4j");

  /** A flag or the launcher inside a string. */
  private static final Pattern FLAG = Pattern.compile("\"[^\"]*(--[a-z]|\\./hypernet4j)[^\"]*\"");

  /** Flags of other programs, and those of the child process that verifies. */
  private static final Set<String> OTHERS =
      Set.of(
          "CudaToolkit.java",
          "FreshJvm.java",
          "GpuDriver.java",
          "ReportStyle.java", // custom properties of CSS
          "Verifier.java",
          "VerifyMain.java",
          "WritingPage.java"); // a custom property of CSS

  @Test
  void nameNoFlag() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(MAIN)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        if (file.startsWith(MAIN.resolve("cli"))
            || OTHERS.contains(file.getFileName().toString())) {
          continue;
        }
        for (String line : Files.readAllLines(file)) {
          if (FLAG.matcher(line).find()) {
            found.add(file + ": " + line.strip());
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }
}
