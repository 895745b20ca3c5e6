// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One gRPC call on its way to its answer; whoever comes first gives it. */
final class GrpcCall extends ServerCall.Listener<GrpcMessage> {
  private static final int LONGEST_TEXT = 1024;

  private final ServerCall<GrpcMessage, GrpcMessage> call;
  private final GrpcCalls api;
  private final CallThreads threads;
  private final Runnable end;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable GrpcMessage request;
  private volatile @Nullable Future<?> limit;

  /**
   * A call that begins.
   *
   * @param end what is done when it is over
   */
  GrpcCall(
      ServerCall<GrpcMessage, GrpcMessage> call, GrpcCalls api, CallThreads threads, Runnable end) {
    this.call = call;
    this.api = api;
    this.threads = threads;
    this.end = end;
  }

  /** What gives the answer when the time is over. */
  void limit(Future<?> task) {
    limit = task;
    if (answered.get()) {
      task.cancel(false);
    }
  }

  /** Whether the request has come in. */
  boolean received() {
    return request != null;
  }

  @Override
  public void onMessage(GrpcMessage message) {
    if (message.error() != null) {
      fail(message.error());
    }
    request = message;
  }

  @Override
  public void onHalfClose() {
    GrpcMessage message = request;
    if (message == null) {
      fail(Status.INTERNAL.withDescription("there is no message in the request"));
      return;
    }
    try {
      threads.execute(() -> answer(message));
    } catch (RestError e) {
      fail(e);
    }
  }

  private void answer(GrpcMessage message) {
    if (answered.get() || call.isCancelled()) {
      return; // nobody waits for it
    }
    String method = call.getMethodDescriptor().getFullMethodName();
    try {
      byte[] answer = api.answer(method, UnsafeByteOperations.unsafeWrap(message.bytes()));
      if (isFirst()) {
        call.sendHeaders(new Metadata());
        call.sendMessage(new GrpcMessage(answer, null));
        call.close(Status.OK, new Metadata());
      }
    } catch (RestError e) {
      fail(e);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      fail(ModelCalls.failed(method, e));
    }
  }

  /** Answers with an error, unless there is an answer. */
  void fail(RestError error) {
    fail(status(error));
  }

  private void fail(Status status) {
    if (isFirst()) {
      call.close(status, new Metadata());
    }
  }

  private boolean isFirst() {
    if (answered.getAndSet(true)) {
      return false;
    }
    Future<?> task = limit;
    if (task != null) {
      task.cancel(false);
    }
    return true;
  }

  private static Status status(RestError error) {
    Status.Code code =
        switch (error.code()) {
          case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
          case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
          case NOT_FOUND -> Status.Code.NOT_FOUND;
          case REQUEST_TIMEOUT, DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
          case CONTENT_TOO_LARGE, RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
          case INTERNAL -> Status.Code.INTERNAL;
          case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
          case UNAVAILABLE -> Status.Code.UNAVAILABLE;
        };
    String text = error.text();
    return code.toStatus()
        .withDescription(
            text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "...TRUNCATED" : text);
  }

  @Override
  public void onCancel() {
    isFirst();
    end.run();
  }

  @Override
  public void onComplete() {
    end.run();
  }
}
