// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The paths below {@code /v1/}. Bodies come in without a thread; calls are computed by threads of
 * their own, so many at a time, and a few more may wait.
 */
final class RestHandler extends Handler.Abstract.NonBlocking {
  private final RestCalls api;
  private final ServerSettings settings;
  private final RequestBody.Room room;
  private final CallThreads threads;

  RestHandler(RestCalls api, ServerSettings settings) {
    this.api = api;
    this.settings = settings;
    room = RequestBody.Room.of(settings);
    threads = new CallThreads("predict", settings.concurrent());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    if (path == null || !RestPath.isOurs(path)) {
      return false;
    }
    Exchange exchange = new Exchange(response, callback);
    String method = request.getMethod();
    if (HttpMethod.OPTIONS.is(method)) {
      String origin = request.getHeaders().get(HttpHeader.ORIGIN);
      boolean known = origin != null && origin.matches("(?s).*https?://.*");
      exchange.send(new RestAnswer(known ? 200 : 400, new byte[0]), false);
    } else if (!HttpMethod.POST.is(method)) {
      exchange.send(api.answer(method, path, new byte[0]), false);
    } else {
      post(request, path, exchange);
    }
    return true;
  }

  private void post(Request request, String path, Exchange exchange) {
    RequestBody body = RequestBody.read(request, Math.toIntExact(settings.maxRequestBytes()), room);
    exchange.endWith(body::release);
    exchange.limit(
        getServer()
            .getScheduler()
            .schedule(
                () -> exchange.send(late(body), true),
                settings.timeout().toMillis(),
                TimeUnit.MILLISECONDS));
    var unused =
        body.whole()
            .whenComplete(
                (bytes, error) -> {
                  if (error == null) {
                    compute(path, bytes, exchange);
                  } else {
                    exchange.send(failed(RequestBody.cause(error)), true);
                  }
                });
  }

  private void compute(String path, byte[] body, Exchange exchange) {
    try {
      threads.execute(
          () -> {
            if (exchange.open()) {
              exchange.send(api.answer("POST", path, body), false);
            }
          });
    } catch (RestError e) {
      exchange.send(RestAnswer.error(e), false);
    }
  }

  private RestAnswer late(RequestBody body) {
    String limit = settings.timeout().toMillis() / 1000.0 + " s, the limit of this server";
    return RestAnswer.error(
        body.whole().isDone()
            ? new RestError(RestError.Code.DEADLINE_EXCEEDED, "the call takes longer than " + limit)
            : new RestError(
                RestError.Code.REQUEST_TIMEOUT, "the request is not there after " + limit));
  }

  private static RestAnswer failed(Throwable error) {
    if (error instanceof RestError told) {
      return RestAnswer.error(told);
    }
    return RestAnswer.error(
        error instanceof TimeoutException
            ? new RestError(RestError.Code.REQUEST_TIMEOUT, "the request stopped in the middle")
            : RestError.invalid("the request cannot be read: " + error.getMessage()));
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    threads.close(settings.stop());
  }
}
