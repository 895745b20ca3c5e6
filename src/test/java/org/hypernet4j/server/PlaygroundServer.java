// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.nio.file.Path;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.ServingSettings;

/**
 * A server with the playground, on this machine only.
 *
 * <p>As a program, {@code PlaygroundServer FOLDER PORT}, it prints where and serves until it is
 * killed; the browser tests talk to it.
 */
final class PlaygroundServer implements AutoCloseable {
  private final ServedModels models;
  private final ModelServer server;
  final Playground playground;

  PlaygroundServer(Path folder, int port) {
    models = ServedModels.open(folder, ServingSettings.DEFAULT);
    playground = new Playground(models);
    server =
        new ModelServer(models, ServerSettings.DEFAULT.at("127.0.0.1", port)).withPage(playground);
    server.start();
  }

  public static void main(String[] args) throws InterruptedException {
    PlaygroundServer server = new PlaygroundServer(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println(server.url(""));
    Thread.currentThread().join();
  }

  /** Where a path is, {@code playground/models} for example. */
  String url(String path) {
    return server.url() + "/" + path;
  }

  @Override
  public void close() {
    server.close();
    models.close();
  }
}
