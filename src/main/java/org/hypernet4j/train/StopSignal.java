package org.hypernet4j.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes SIGINT and SIGTERM end a training in good order.
 *
 * <p>The JVM starts its shutdown hooks on either signal. Ours asks the loop to stop and waits until
 * the training thread has written its checkpoint and closed this object; only then does the process
 * end. A shutdown hook, not {@code sun.misc.Signal}: the latter is no public API.
 */
public final class StopSignal implements AutoCloseable {
  /** The reason with which the training is asked to stop. */
  public static final String REASON = "interrupted";

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(TrainingRun run, Runnable lastWords) {
    this.hook =
        new Thread(
            () -> {
              run.requestStop(REASON);
              awaitEnd();
              lastWords.run();
            },
            "stop-training");
  }

  /**
   * Starts to listen. Close when the training has ended, on the thread that trains.
   *
   * @param lastWords runs after the checkpoint is written, before the process ends
   */
  public static StopSignal install(TrainingRun run, Runnable lastWords) {
    StopSignal signal = new StopSignal(run, lastWords);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void awaitEnd() {
    try {
      if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("The step did not end within a minute; going without a checkpoint.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // The hook runs: it was what ended the training, and it needs no removal.
      assert finished.getCount() == 0;
    }
  }
}
