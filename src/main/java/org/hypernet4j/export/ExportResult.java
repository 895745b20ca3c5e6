// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.nio.file.Path;

/**
 * A published model.
 *
 * @param versionFolder the folder of the version: the base folder followed by a number
 * @param bytes of all its files
 * @param servedBytes of the files that a server reads: the graph and the variables
 * @param parameters numbers in its variables
 * @param writeSeconds that it took to write the model and what belongs to it
 * @param verifySeconds that the verification took, start of its JVM included
 * @param report of the verification in a fresh JVM; without faults
 */
public record ExportResult(
    Path versionFolder,
    long bytes,
    long servedBytes,
    long parameters,
    double writeSeconds,
    double verifySeconds,
    VerificationReport report) {

  /** The version, the folder's name. */
  public String version() {
    return String.valueOf(versionFolder.getFileName());
  }

  /** Largest absolute difference between the trained session and the exported model. */
  public double maxAbsDifference() {
    return report.maxAbsDifference();
  }
}
