// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;

/** Leaves the last words to the training while it runs: it knows of steps and checkpoints. */
record StopPhase(LastWords words) implements TrainingListener {
  @Override
  public void onStart(TrainingState run) {
    words.become(null);
  }
}
