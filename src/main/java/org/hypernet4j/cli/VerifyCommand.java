package org.hypernet4j.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.Verifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code verify DIR}: proves an exported model; this process is the fresh JVM. */
@Command(
    name = "verify",
    description =
        "Check an exported model: its files, its graph, every variable, and the outputs for the"
            + " recorded reference inputs. Exit code 1 if anything is wrong.",
    footer = {"", "Example:", "  ./hypernet4j verify export/models/mnist-hyper/1"})
final class VerifyCommand extends CliCommand {
  @Parameters(
      paramLabel = "DIR",
      description = "Folder of one version of a model, with saved_model.pb in it.")
  Path folder;

  @Override
  int run(Report report) {
    VerificationReport verification = Verifier.verify(folder);
    JsonObject json = verification.toJson();
    json.entrySet().forEach(entry -> report.put(entry.getKey(), entry.getValue()));
    report.put("seconds", report.seconds());
    if (!verification.verified()) {
      verification
          .faults()
          .forEach(fault -> report.log().println("error: " + folder + ": " + fault));
      return ExitCode.FAILED;
    }
    report.say(
        "%s verified: %d variables equal, %d outputs within tolerance, largest difference %s"
            + " absolute, %s relative; loaded in %.2f s, first call %.2f s",
        folder,
        verification.parameters(),
        verification.outputs().size(),
        ModelExport.number(verification.maxAbsDifference()),
        ModelExport.number(verification.maxRelativeDifference()),
        verification.loadSeconds(),
        verification.firstCallSeconds());
    return ExitCode.OK;
  }
}
