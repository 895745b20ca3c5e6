// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import org.hypernet4j.export.LibraryVersion;
import org.tensorflow.TensorFlow;
import picocli.CommandLine.Command;

/** {@code version}: the versions that a bug report should name. */
@Command(name = "version", description = "Show the versions of Hypernet4J, TensorFlow and Java.")
final class VersionCommand extends CliCommand {
  @Override
  int run(Report report) {
    String own = LibraryVersion.current();
    String tensorflow = TensorFlow.version();
    String java = System.getProperty("java.version", "");
    report.say("Hypernet4J %s", own);
    report.say("TensorFlow %s", tensorflow);
    report.say("Java %s", java);
    report.put("hypernet4j", own).put("tensorflow", tensorflow).put("java", java);
    return ExitCode.OK;
  }
}
