// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Name of this machine, for use in a file name. */
public final class HostName {
  private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /**
   * The name of this machine, determined without the network, which can take seconds to fail.
   *
   * @return letters, digits, dots, dashes and underscores; {@code localhost} if there is no name
   */
  public static String local() {
    String name = System.getenv("HOSTNAME");
    if (name == null && Files.isReadable(KERNEL_NAME)) {
      try {
        name = Files.readString(KERNEL_NAME).strip();
      } catch (IOException e) {
        // the default below will do
      }
    }
    return name == null || name.isEmpty() ? "localhost" : name.replaceAll("[^A-Za-z0-9.-]", "_");
  }
}
