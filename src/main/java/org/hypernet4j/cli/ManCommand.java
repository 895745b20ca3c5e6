// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code man}: writes manual pages, one a command. */
@Command(
    name = "man",
    description =
        "Write manual pages for the program 'man': one of each command, as --help has it.",
    footer = {
      "",
      "Example:",
      "  ./hypernet4j man --out man/man1",
      "  man ./man/man1/hypernet4j-train.1",
      "  man -M man hypernet4j"
    })
final class ManCommand extends CliCommand {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "man/man1",
      description = "Folder of the pages; made if it does not exist. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Override
  int run(Report report) {
    Writable.requireFolder("--out", out);
    Map<String, String> pages = new LinkedHashMap<>();
    for (CommandSpec spec : CommandTree.all(commandSpec.root())) {
      pages.put(ManPage.name(spec) + ".1", ManPage.of(spec));
    }
    RunFolder.makeFolder(out);
    JsonArray files = new JsonArray();
    pages.forEach(
        (name, page) -> {
          Path file = out.resolve(name);
          AtomicFiles.writeString(file, page);
          files.add(file.toString());
        });
    report.say("%d pages in %s; read one with: man %s", pages.size(), out, shown());
    report.put("files", files);
    return ExitCode.OK;
  }

  /** A path that man does not take for a name: it has a slash. */
  private Path shown() {
    Path first = out.resolve("hypernet4j.1");
    return first.isAbsolute() || first.startsWith(".") ? first : Path.of(".").resolve(first);
  }
}
