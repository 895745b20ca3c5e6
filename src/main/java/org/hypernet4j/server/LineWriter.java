// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.hypernet4j.error.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends JSON objects, each on a line of its own and at once. */
final class LineWriter {
  /** What the reader is told of a fault that is not his. */
  static final String FAILED = "The server failed. Its log says why.";

  private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);

  private final OutputStream out;

  LineWriter(Response response) {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-ndjson; charset=utf-8");
    response.getHeaders().put("X-Accel-Buffering", "no"); // a proxy before the server waits too
    forbidKeeping(response);
    out = Content.Sink.asOutputStream(response);
  }

  /** What was computed for one request is not for another. */
  static void forbidKeeping(Response response) {
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
  }

  /**
   * Sends a line; waits while the reader is slow.
   *
   * @throws IOException if the reader has gone
   */
  void send(JsonObject line) throws IOException {
    out.write((line + "\n").getBytes(UTF_8));
    out.flush();
  }

  /** The last line, with the reason why nothing comes any more. */
  void end(String reason) throws IOException {
    JsonObject last = new JsonObject();
    last.addProperty("end", reason);
    send(last);
  }

  /** The last line of an answer that failed on its way. */
  void fail(RuntimeException e) throws IOException {
    JsonObject last = new JsonObject();
    if (e instanceof UserError) {
      last.addProperty("error", e.getMessage());
    } else {
      LOG.error("a stream failed", e);
      last.addProperty("error", FAILED);
    }
    send(last);
  }
}
