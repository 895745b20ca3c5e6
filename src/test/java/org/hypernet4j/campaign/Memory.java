// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of a process, as Linux tells it. */
final class Memory {
  private Memory() {}

  /** What a process holds in memory, in KiB. */
  static long residentKib(long pid) throws IOException, Wrong {
    Path status = Path.of("/proc/" + pid + "/status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    throw new Wrong("process " + pid + " has ended early");
  }
}
