// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.verify.FreshJvm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code verify DIR}: verifies an exported model in a JVM of its own. */
@Command(
    name = "verify",
    description =
        "Check an exported model in a fresh JVM: its files, its graph, every variable, the requests"
            + " of its warm-up file, and the outputs for the recorded reference inputs. Exit code 1"
            + " if anything is wrong. Takes SavedModels of others too: what they lack of ours is a note.",
    footer = {"", "Example:", "  ./hypernet4j verify export/models/mnist-hyper/1"})
final class VerifyCommand extends CliCommand {
  @Parameters(
      paramLabel = "DIR",
      description = "Folder of one version of a model, with saved_model.pb in it.")
  Path folder;

  @Mixin TrustOption trust;

  @Override
  int run(Report report) {
    VerificationReport verification = FreshJvm.verify(folder, trust.read());
    JsonObject json = verification.toJson();
    json.entrySet().forEach(entry -> report.put(entry.getKey(), entry.getValue()));
    report.put("seconds", report.seconds());
    verification.notes().forEach(note -> report.say("note: %s: %s", folder, note));
    if (!verification.verified()) {
      verification
          .faults()
          .forEach(fault -> report.log().println("error: " + folder + ": " + fault));
      return ExitCode.FAILED;
    }
    if (verification.parameters() == 0 && verification.outputs().isEmpty()) {
      report.say(
          "%s: no fault found, loaded in %.2f s; nothing recorded to compare weights and outputs with",
          folder, verification.timings().load());
      return ExitCode.OK;
    }
    report.say(
        "%s verified: %d variables equal, %d outputs within tolerance, largest difference %s"
            + " absolute, %s relative; %d warm-up requests answered",
        folder,
        verification.parameters(),
        verification.outputs().size(),
        ModelExport.number(verification.maxAbsDifference()),
        ModelExport.number(verification.maxRelativeDifference()),
        verification.warmUps());
    report.say(
        "  loaded in %.2f s; the first call took %.3f s, after the warm-up of %.2f s it takes %.3f s",
        verification.timings().load(),
        verification.timings().firstCall(),
        verification.timings().warmUp(),
        verification.timings().warmCall());
    return ExitCode.OK;
  }
}
