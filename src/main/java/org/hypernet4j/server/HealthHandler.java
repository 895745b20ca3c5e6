// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code GET /health/live}: the process answers. {@code GET /health/ready}: every model has a
 * version that takes calls; 503 until then. TensorFlow Serving has neither.
 */
final class HealthHandler extends Handler.Abstract.NonBlocking {
  private final BooleanSupplier ready;

  HealthHandler(BooleanSupplier ready) {
    this.ready = ready;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    if (path == null || !path.matches("/health/(live|ready)")) {
      return false;
    }
    Exchange exchange = new Exchange(response, callback);
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      exchange.send(new RestAnswer(405, RestAnswer.error("only GET")), false);
      return true;
    }
    boolean good = path.endsWith("live") || ready.getAsBoolean();
    exchange.send(
        new RestAnswer(
            good ? 200 : 503,
            new PrettyJson(false)
                .beginObject()
                .name("status")
                .string(good ? "ok" : "not ready")
                .end()
                .bytes()),
        false);
    return true;
  }
}
