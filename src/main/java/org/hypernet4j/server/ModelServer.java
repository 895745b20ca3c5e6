// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.hypernet4j.error.UserError;
import org.hypernet4j.predict.ServedModels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves models over HTTP, by TensorFlow Serving's REST interface.
 *
 * <pre>{@code
 * try (ServedModels models = ServedModels.open(Path.of("export/models"), ServingSettings.DEFAULT);
 *     ModelServer server = new ModelServer(models, ServerSettings.DEFAULT).start()) {
 *   System.out.println(server.url());
 *   ...
 * }
 * }</pre>
 */
public final class ModelServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
  private static final int CONNECTIONS = 1000;
  private static final int THREADS = 64;

  private final RestCalls calls;
  private final BooleanSupplier ready;
  private final ServerSettings settings;
  private final List<Handler> pages = new ArrayList<>();
  private final Server server;
  private final ServerConnector connector;
  private volatile int port = -1;

  /**
   * A server that does not listen yet.
   *
   * @param models that it serves, which stay the caller's; close them after the server
   */
  public ModelServer(ServedModels models, ServerSettings settings) {
    this(new RestApi(models), models::ready, settings);
  }

  /** A server whose calls are answered by other code. */
  ModelServer(RestCalls calls, BooleanSupplier ready, ServerSettings settings) {
    this.calls = calls;
    this.ready = ready;
    this.settings = settings;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
    threads.setName("http");
    threads.setDaemon(true);
    server = new Server(threads);
    server.setStopTimeout(settings.stop().toMillis());
    server.setErrorHandler(new JsonErrors());
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(settings.timeout().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS, server));
  }

  /** Adds what answers requests outside of the interface; before {@link #start}. */
  public ModelServer withPage(Handler page) {
    pages.add(page);
    return this;
  }

  /**
   * Listens.
   *
   * @throws UserError if the port is in use, or the address is not one of this machine
   */
  public ModelServer start() {
    List<Handler> handlers = new ArrayList<>();
    handlers.add(new RestHandler(calls, settings));
    handlers.add(new HealthHandler(ready));
    handlers.addAll(pages);
    server.setHandler(new GracefulHandler(new Handler.Sequence(handlers)));
    try {
      connector.open(); // before the rest starts, so that nothing is left of a failure
      port = connector.getLocalPort();
      server.start();
    } catch (IOException e) {
      throw settings.cannotListen("port", e);
    } catch (Exception e) {
      close();
      throw new IllegalStateException("the HTTP server does not start", e);
    }
    return this;
  }

  /** The port on which it listens, or has listened; -1 before. */
  public int port() {
    return port;
  }

  /** Where it listens, {@code http://127.0.0.1:8501}. */
  public String url() {
    String host = settings.host();
    return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
  }

  /** Takes no new requests, waits for the running ones as long as the settings say, and ends. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (TimeoutException e) {
      LOG.warn("Requests that still run after {} s are given up", settings.stop().toSeconds());
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not stop", e);
    }
  }
}
