// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads the body of a request as it comes in, without a thread that waits for it: a client that is
 * slow, or that stops in the middle, holds up nobody. What is too long is read on for a while and
 * thrown away, because most clients look at the answer only when they have sent everything.
 */
final class RequestBody implements Runnable {
  private static final long THROWN_AWAY = 1L << 30;
  private static final int FIRST = 8192;

  private final Request request;
  private final int limit;
  private final Room room;
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private byte[] bytes = {};
  private int size;
  private long received;

  /** Memory for the bodies of all requests together. */
  static final class Room {
    private final long total;
    private final AtomicLong taken = new AtomicLong();

    Room(long total) {
      this.total = total;
    }

    /** A quarter of the memory, or two requests. */
    static Room of(ServerSettings settings) {
      return new Room(
          Math.max(2 * settings.maxRequestBytes(), Runtime.getRuntime().maxMemory() / 4));
    }

    boolean take(long bytes) {
      if (taken.addAndGet(bytes) <= total) {
        return true;
      }
      taken.addAndGet(-bytes);
      return false;
    }

    void give(long bytes) {
      taken.addAndGet(-bytes);
    }
  }

  private RequestBody(Request request, int limit, Room room) {
    this.request = request;
    this.limit = limit;
    this.room = room;
  }

  /**
   * Begins to read.
   *
   * @return ends with a {@link RestError}, or what went wrong on the way, if there is no body
   */
  static RequestBody read(Request request, int limit, Room room) {
    RequestBody body = new RequestBody(request, limit, room);
    if (request.getLength() > limit && request.getHeaders().contains(HttpHeader.EXPECT)) {
      body.fail(body.tooLong()); // the client has not begun to send
    } else {
      body.run();
    }
    return body;
  }

  CompletableFuture<byte[]> whole() {
    return whole;
  }

  /** Reads no more and gives the memory back: the request is answered. */
  void release() {
    fail(new IllegalStateException("the request is answered already"));
    keep(new byte[0]);
  }

  private synchronized void keep(byte[] others) {
    room.give(bytes.length - others.length);
    bytes = others;
  }

  @Override
  public void run() {
    while (!whole.isDone()) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        fail(chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      received += chunk.remaining();
      try {
        if (received <= limit) {
          add(chunk.getByteBuffer());
        }
      } catch (RestError e) {
        fail(e);
      } finally {
        chunk.release();
      }
      if (received > limit && (last || received - limit > THROWN_AWAY)) {
        fail(tooLong());
      } else if (last) {
        finish();
      }
    }
  }

  private synchronized void add(ByteBuffer part) {
    if (whole.isDone()) {
      return; // answered meanwhile
    }
    int needed = size + part.remaining();
    if (needed > bytes.length) {
      int capacity = (int) Math.min(limit, Math.max(needed, Math.max(FIRST, 2L * bytes.length)));
      if (!room.take(capacity - bytes.length)) {
        throw new RestError(
            RestError.Code.UNAVAILABLE, "too many large requests at a time, try again later");
      }
      bytes = Arrays.copyOf(bytes, capacity);
    }
    int length = part.remaining();
    part.get(bytes, size, length);
    size += length;
  }

  private void finish() {
    byte[] body = Arrays.copyOf(bytes, size);
    synchronized (this) {
      if (whole.isDone()) {
        return;
      }
      keep(body);
    }
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    if (encoding == null || !encoding.contains("gzip")) {
      whole.complete(body);
      return;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] unpacked = in.readNBytes(limit + 1);
      if (unpacked.length > limit) {
        fail(tooLong());
      } else {
        whole.complete(unpacked);
      }
    } catch (IOException e) {
      fail(RestError.invalid("the body is not in the format gzip, as its header says"));
    }
  }

  private RestError tooLong() {
    return new RestError(
        RestError.Code.CONTENT_TOO_LARGE,
        "the request is too long: more than " + limit + " bytes, the limit of this server");
  }

  private void fail(Throwable error) {
    whole.completeExceptionally(error);
  }

  /** What went wrong, without the wrapping of futures. */
  static Throwable cause(Throwable error) {
    return error instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : error;
  }
}
