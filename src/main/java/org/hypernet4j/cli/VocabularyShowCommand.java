// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.data.Subwords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vocabulary show FOLDER}: what is in a vocabulary. */
@Command(
    name = "show",
    description = "Check a vocabulary and print how large it is; with --pieces every piece.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j vocabulary show vocabulary --pieces",
    })
final class VocabularyShowCommand extends CliCommand {
  @Parameters(paramLabel = "FOLDER", description = "Folder of the vocabulary.")
  Path folder;

  @Option(names = "--pieces", description = "Print each id and its piece. Default: counts only.")
  boolean pieces;

  @Override
  int run(Report report) {
    Subwords subwords = Subwords.read(folder);
    List<String> all = subwords.pieces();
    if (pieces) {
      for (int id = 0; id < all.size(); id++) {
        report.stream(id + "\t" + all.get(id) + "\n");
      }
    }
    long characters = all.stream().filter(p -> p.codePointCount(0, p.length()) == 1).count();
    report.say(
        "%,d pieces, %,d of them single characters; %,d merges; SHA-256 %s",
        all.size(), characters, subwords.merges().size(), subwords.sha256());
    report
        .put("pieces", all.size())
        .put("characters", characters)
        .put("merges", subwords.merges().size())
        .put("sha256", subwords.sha256());
    return ExitCode.OK;
  }
}
