// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.function.Supplier;

/**
 * Guards a resource that several threads use and that is closed at some time. Closing refuses new
 * calls at once and waits for running ones; then it is safe to free the resource.
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
   * @param what the guarded resource, for the message of calls that come too late: {@code the model
   *     DIR}
   */
  public CallGate(String what) {
    this.what = what;
  }

  /**
   * Runs a call while the resource is open.
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
   * Refuses new calls and waits until the running ones have ended. Must not be called from within
   * one. Any number of threads may close.
   *
   * @return whether this was the first time; the caller that receives true must free the resource
   */
  public synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // a resource in use must not be freed even so
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return first;
  }
}
