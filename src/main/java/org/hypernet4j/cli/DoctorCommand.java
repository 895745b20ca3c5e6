// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import org.hypernet4j.train.SessionOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doctor}: reports what is present, what is missing and how to fix it. */
@Command(
    name = "doctor",
    description =
        "Look at this machine: versions, processor, memory, GPU, TensorFlow, folders and speed."
            + " With --gpu whatever keeps the GPU from computing is a problem. Exit code 1 if"
            + " something is missing.")
final class DoctorCommand extends CliCommand {
  @Mixin ThreadOption threads;

  @Override
  boolean needsGpu() {
    return false; // it reports all that is missing itself
  }

  @Override
  int run(Report report) {
    SessionOptions options = new SessionOptions(threads.threads, false, gpu());
    Checkup checkup = new Checkup(report);
    MachineCheck.run(checkup);
    MachineCheck.folders(checkup);
    GpuCheck gpuCheck = new GpuCheck(gpu());
    if (gpu()) {
      gpuCheck.libraries(checkup);
    }
    gpuCheck.driver(checkup);
    if (TensorFlowCheck.run(checkup, options)) {
      report.put("threads", threads.describe());
      boolean onGpu = gpu() && gpuCheck.devices(checkup, options);
      // a session that requests a GPU which does not work could not be opened
      SessionOptions cpu = onGpu ? options : new SessionOptions(threads.threads, false);
      new SpeedCheck(cpu, "CPU").run(checkup);
      if (onGpu) {
        gpuCheck.speed(checkup, options);
      }
    }
    return checkup.conclude() ? ExitCode.OK : ExitCode.FAILED;
  }
}
