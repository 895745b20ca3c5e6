// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A specification file and the changes to it. */
final class SpecArgument {
  @Parameters(
      index = "0",
      paramLabel = "SPEC",
      description = "Specification of the experiment, for example graphs/mnist-hyper.json.")
  Path file;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Change a setting of the specification, for example training.epochs=3; may be given"
              + " several times. Default: the file as it is.")
  List<String> overrides = new ArrayList<>();

  ExperimentSpec read() {
    return SpecFiles.read(file, overrides);
  }
}
