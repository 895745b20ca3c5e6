// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;

/**
 * Leaves the last line to the training while it runs, because that can name step and checkpoint.
 */
record StopPhase(LastWords words) implements TrainingListener {
  @Override
  public void onStart(TrainingState run) {
    words.become(null);
  }
}
