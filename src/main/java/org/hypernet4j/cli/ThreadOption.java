// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import picocli.CommandLine.Option;

/** The option for TensorFlow's number of threads, for the commands that compute. */
final class ThreadOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads inside one operation; 0 for one per core. Default: ${DEFAULT-VALUE}.")
  int threads;

  String describe() {
    int number = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    return number == 1 ? "1 thread" : number + " threads";
  }
}
