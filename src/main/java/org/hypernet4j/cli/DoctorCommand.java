package org.hypernet4j.cli;

import org.hypernet4j.train.SessionOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doctor}: what is there, what is missing and how to mend it. */
@Command(
    name = "doctor",
    description =
        "Look at this machine: versions, processor, memory, TensorFlow, folders and speed. Exit"
            + " code 1 if something is missing.")
final class DoctorCommand extends CliCommand {
  @Mixin ThreadOption threads;

  @Override
  int run(Report report) {
    SessionOptions options = new SessionOptions(threads.threads, false);
    Checkup checkup = new Checkup(report);
    MachineCheck.run(checkup);
    MachineCheck.folders(checkup);
    if (TensorFlowCheck.run(checkup, options)) {
      report.put("threads", threads.describe());
      new SpeedCheck(options).run(checkup);
    }
    return checkup.conclude() ? ExitCode.OK : ExitCode.FAILED;
  }
}
