// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes SIGINT and SIGTERM end a training cleanly.
 *
 * <p>The JVM starts its shutdown hooks on either signal. The hook of this class asks the loop to
 * stop and waits until the training thread has written its checkpoint and closed this object; only
 * then does the process end. A shutdown hook, not {@code sun.misc.Signal}: the latter is not a
 * public API.
 */
public final class StopSignal implements AutoCloseable {
  /** The reason with which the training is asked to stop. */
  public static final String REASON = "interrupted";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TrainingState training;
  private final Consumer<StopOutcome> lastWords;
  private final Duration patience;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onShutdown, "stop-training");
  // written before the latch opens, read after it
  private @Nullable String failure;

  StopSignal(TrainingState training, Consumer<StopOutcome> lastWords, Duration patience) {
    this.training = training;
    this.lastWords = lastWords;
    this.patience = patience;
  }

  /**
   * Starts to listen. To be closed when the training has ended, on the thread that trains.
   *
   * @param lastWords receives the outcome of the training just before the process ends
   */
  public static StopSignal install(TrainingState training, Consumer<StopOutcome> lastWords) {
    StopSignal signal = new StopSignal(training, lastWords, PATIENCE);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Records that an exception ended the training; to be called before {@link #close}. */
  public void failed(Throwable exception) {
    String message = exception.getMessage();
    failure = message == null ? exception.toString() : message;
  }

  /** The work of the shutdown hook. */
  void onShutdown() {
    training.requestStop(REASON);
    boolean ended = awaitEnd();
    StopOutcome.Ending ending =
        !ended
            ? StopOutcome.Ending.TIMED_OUT
            : failure == null ? StopOutcome.Ending.STOPPED : StopOutcome.Ending.FAILED;
    OptionalLong checkpoint = training.checkpointStep();
    lastWords.accept(
        new StopOutcome(
            ending,
            training.step(),
            training.totalSteps(),
            checkpoint.isPresent() ? checkpoint.getAsLong() : null,
            ended ? failure : null));
  }

  private boolean awaitEnd() {
    try {
      return finished.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // The hook is running: it has ended the training and needs no removal.
      assert finished.getCount() == 0;
    }
  }
}
