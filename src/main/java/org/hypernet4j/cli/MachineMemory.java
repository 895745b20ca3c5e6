// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the machine, or of the container.
 *
 * @param totalMib all of it, in MiB
 * @param freeMib the unused part, in MiB
 */
record MachineMemory(long totalMib, long freeMib) {
  private static final int MIB_BITS = 20;

  /**
   * Reads the memory of this machine.
   *
   * @return null where Java does not report it: a runtime made by jlink may lack the module
   *     jdk.management
   */
  static @Nullable MachineMemory look() {
    try {
      return Bean.look();
    } catch (LinkageError e) {
      return null;
    }
  }

  /** A class of its own: it cannot be loaded without the module. */
  private static final class Bean {
    static @Nullable MachineMemory look() {
      return ManagementFactory.getOperatingSystemMXBean()
              instanceof com.sun.management.OperatingSystemMXBean system
          ? new MachineMemory(
              system.getTotalMemorySize() >> MIB_BITS, system.getFreeMemorySize() >> MIB_BITS)
          : null;
    }
  }
}
