// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.nio.file.Path;

/**
 * An exported model did not reproduce its outputs, so it was not published. Not an error of the
 * user: the command line exits with code 1, as it does for {@code verify}.
 */
public final class NotVerifiedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Names the model and the first faults of the report in one line.
   *
   * @param baseFolder where the model was not published
   */
  public NotVerifiedException(String modelName, Path baseFolder, VerificationReport report) {
    super(
        "model '%s': failed its verification and was not published to %s; %s"
            .formatted(modelName, baseFolder, Fault.summary(report.faults()))
            .replaceAll("\\s*[\\r\\n]+\\s*", " "));
  }
}
