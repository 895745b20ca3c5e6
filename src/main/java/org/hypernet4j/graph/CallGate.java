package org.hypernet4j.graph;

import java.util.function.Supplier;

/**
 * Lets calls of several threads into something that is closed at some time: closing refuses new
 * calls at once, waits for those that run, and then it is safe to free what they used.
 *
 * <pre>{@code
 * Result result = gate.within(() -> session.runner().fetch(y).run());
 * }</pre>
 */
public final class CallGate {
  private final String what;
  private int running;
  private boolean closed;

  /**
   * An open gate.
   *
   * @param what is behind it, for the message of those who come too late: {@code the model DIR}
   */
  public CallGate(String what) {
    this.what = what;
  }

  /**
   * Makes a call.
   *
   * @throws IllegalStateException if closing has begun
   */
  public <T> T within(Supplier<T> call) {
    enter();
    try {
      return call.get();
    } finally {
      leave();
    }
  }

  private synchronized void enter() {
    if (closed) {
      throw new IllegalStateException(what + " is closed");
    }
    running++;
  }

  private synchronized void leave() {
    running--;
    if (running == 0) {
      notifyAll();
    }
  }

  /**
   * Refuses new calls and waits until the running ones have ended; not to be called inside one. Any
   * number of threads may close.
   *
   * @return whether this was the first time: who gets true frees what was behind the gate
   */
  public synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // what is in use must not be freed all the same
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return first;
  }
}
