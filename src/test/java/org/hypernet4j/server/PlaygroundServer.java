// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.nio.file.Path;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.ServingSettings;

/** A playground alone on a free port of this machine. */
final class PlaygroundServer implements AutoCloseable {
  private final ServedModels models;
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  final Playground playground;

  PlaygroundServer(Path folder, int port) throws Exception {
    models = ServedModels.open(folder, ServingSettings.DEFAULT);
    playground = new Playground(models);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(playground);
    server.start();
  }

  public static void main(String[] args) throws Exception {
    PlaygroundServer server = new PlaygroundServer(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println(server.url(""));
    Thread.currentThread().join();
  }

  String url(String path) {
    return "http://127.0.0.1:" + connector.getLocalPort() + "/" + path;
  }

  @Override
  public void close() throws Exception {
    server.stop();
    models.close();
  }
}
