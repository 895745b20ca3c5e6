// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** One request on its way to its answer; whoever comes first gives it. */
final class Exchange {
  private final Response response;
  private final Callback callback;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable Runnable last;
  private volatile Scheduler.@Nullable Task limit;

  Exchange(Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
  }

  /** What is done when the answer has been given. */
  void endWith(Runnable work) {
    last = work;
  }

  /** What gives the answer when the time is over. */
  void limit(Scheduler.Task task) {
    limit = task;
    if (answered.get()) {
      task.cancel();
    }
  }

  boolean open() {
    return !answered.get();
  }

  /**
   * Answers, unless that has happened.
   *
   * @param close whether the connection ends with it, because the rest of the request is unknown
   */
  void send(RestAnswer answer, boolean close) {
    if (answered.getAndSet(true)) {
      return;
    }
    Scheduler.Task task = limit;
    if (task != null) {
      task.cancel();
    }
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
    if (close) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    }
    response.write(true, ByteBuffer.wrap(answer.body()), Callback.from(callback, this::end));
  }

  private void end() {
    Runnable work = last;
    if (work != null) {
      work.run();
    }
  }
}
