// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;
import org.hypernet4j.error.UserError;
import org.hypernet4j.predict.NoSuchModelException;
import org.hypernet4j.predict.ServedModels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A page at {@code /} to try the models that are served, and below {@code /playground} what the
 * page needs beyond TensorFlow Serving's interface: what kinds of models there are, texts and
 * drawings that arrive piece by piece, translations of sentences, generated kernels.
 *
 * <p>Whatever is asked for has a limit: of a request's size, of a text's length, of streams at a
 * time. A stream whose reader has gone ends at its next piece. Requests must be sent as JSON, so
 * that a page of another site cannot make a browser send one.
 */
public final class Playground extends Handler.Abstract implements Graceful {
  /** Streams, translations and pictures of kernels at a time. */
  static final int MOST_AT_A_TIME = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Playground.class);
  private static final String FOLDER = "/playground/";
  private static final int MOST_BYTES = 64 << 10;

  private final PlayedModels models;
  private final PlayedText texts;
  private final PlayedStrokes drawings;
  private final PlayedTranslation translations;
  private final Semaphore free = new Semaphore(MOST_AT_A_TIME);
  private volatile boolean stopping;

  /** A playground of models, which stay the caller's. */
  public Playground(ServedModels served) {
    this(served, PlayedText.MOST_SYMBOLS);
  }

  /** The same with another limit of a text's length. */
  Playground(ServedModels served, int mostSymbols) {
    models = new PlayedModels(served);
    texts = new PlayedText(models, mostSymbols, () -> stopping);
    drawings = new PlayedStrokes(models, () -> stopping);
    translations = new PlayedTranslation(models);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    if (!path.equals("/") && !path.startsWith(FOLDER)) {
      return false;
    }
    try {
      answer(path, request, response, callback);
    } catch (UserError e) {
      refuse(response, callback, 400, String.valueOf(e.getMessage()));
    } catch (NoSuchModelException e) {
      refuse(response, callback, 404, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      callback.failed(e); // the reader has gone
    } catch (IllegalStateException e) {
      LOG.debug("{} was interrupted by a model that is being closed", path, e);
      refuse(response, callback, 503, "The model has just been replaced. Try again.");
    } catch (RuntimeException e) {
      LOG.error("{} failed", path, e);
      refuse(response, callback, 500, LineWriter.FAILED);
    }
    return true;
  }

  private void answer(String path, Request request, Response response, Callback callback)
      throws IOException {
    boolean asks =
        HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
    switch (path) {
      case "/" -> {
        if (allowed(asks, "GET, HEAD", response, callback)) {
          PlaygroundPage.send(request, response, callback);
        }
      }
      case FOLDER + "models" -> {
        if (allowed(asks, "GET, HEAD", response, callback)) {
          send(response, callback, 200, models.list());
        }
      }
      case FOLDER + "kernels",
          FOLDER + "example",
          FOLDER + "text",
          FOLDER + "strokes",
          FOLDER + "translation" -> {
        if (allowed(HttpMethod.POST.is(request.getMethod()), "POST", response, callback)) {
          compute(path.substring(FOLDER.length()), request, response, callback);
        }
      }
      default -> refuse(response, callback, 404, "There is no " + path + ".");
    }
  }

  private static boolean allowed(
      boolean allowed, String methods, Response response, Callback callback) {
    if (!allowed) {
      response.getHeaders().put(HttpHeader.ALLOW, methods);
      refuse(response, callback, 405, "Only " + methods + " can be asked for here.");
    }
    return allowed;
  }

  private void compute(String what, Request request, Response response, Callback callback)
      throws IOException {
    if (!contentType(request).matches("(?i)application/json\\s*(;.*)?")) {
      refuse(response, callback, 415, "Send JSON, with Content-Type: application/json.");
      return;
    }
    byte[] body = body(request);
    if (body.length > MOST_BYTES) {
      refuse(response, callback, 413, "A request has at most " + MOST_BYTES + " bytes.");
      return;
    }
    if (stopping || !free.tryAcquire()) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      refuse(
          response,
          callback,
          503,
          stopping
              ? "The server is stopping."
              : "The server is busy with " + MOST_AT_A_TIME + " others. Try again.");
      return;
    }
    try {
      Asked asked = Asked.of(new String(body, UTF_8));
      JsonElement answered = null;
      switch (what) {
        case "text" -> texts.answer(asked, request, response);
        case "strokes" -> drawings.answer(asked, request, response);
        case "translation" -> answered = translations.answer(asked);
        case "example" -> answered = PlayedImages.example(models, asked);
        default -> answered = PlayedKernels.answer(models, asked);
      }
      if (answered == null) {
        callback.succeeded(); // what was streamed is sent
      } else {
        send(response, callback, 200, answered);
      }
    } finally {
      free.release();
    }
  }

  private static String contentType(Request request) {
    HttpField field = request.getHeaders().getField(HttpHeader.CONTENT_TYPE);
    String value = field == null ? null : field.getValue();
    return value == null ? "" : value;
  }

  /** One byte more than is allowed shows that there are too many. */
  private static byte[] body(Request request) throws IOException {
    try (InputStream in = Content.Source.asInputStream(request)) {
      return in.readNBytes(MOST_BYTES + 1);
    }
  }

  private static void refuse(Response response, Callback callback, int status, String message) {
    if (response.isCommitted()) {
      callback.failed(new IOException(message)); // in the middle of an answer there is no other
      return;
    }
    JsonObject error = new JsonObject();
    error.addProperty("error", message);
    send(response, callback, status, error);
  }

  private static void send(Response response, Callback callback, int status, JsonElement json) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    LineWriter.forbidKeeping(response);
    response.write(true, ByteBuffer.wrap((json + "\n").getBytes(UTF_8)), callback);
  }

  /** Streams that run end at their next piece. */
  @Override
  public CompletableFuture<Void> shutdown() {
    stopping = true;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean isShutdown() {
    return stopping;
  }

  @Override
  protected void doStop() throws Exception {
    stopping = true;
    super.doStop();
    models.close();
  }

  /** How many requests are being computed. */
  int running() {
    return MOST_AT_A_TIME - free.availablePermits();
  }
}
