// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.image.SmallClassifier;
import org.hypernet4j.language.SmallLanguageModel;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.ServingSettings;
import org.hypernet4j.strokes.SmallStrokeModel;

/** A server with the playground on a free port of this machine, and a client of it. */
final class PlaygroundServer implements AutoCloseable {
  /** The model of others in {@link #models}, for which a page must not be fooled. */
  static final String STRANGE = "<img src=x onerror=alert(1)>&\"'";

  private static final Path FOREIGN =
      Path.of("src", "test", "resources", "export", "foreign", "half_plus_two");

  private final ServedModels models;
  private final ModelServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  final Playground playground;

  PlaygroundServer(Path folder, int mostSymbols) {
    models = ServedModels.open(folder, ServingSettings.DEFAULT);
    playground = new Playground(models, mostSymbols);
    server =
        new ModelServer(models, ServerSettings.DEFAULT.at("127.0.0.1", 0)).withPage(playground);
    server.start();
  }

  /** Exports models of three kinds into a folder, and puts one of others beside them. */
  static void models(Path folder) throws IOException {
    Exporter.export(SmallClassifier.exportRequest(folder));
    Exporter.export(SmallLanguageModel.exportRequest(folder));
    Exporter.export(SmallStrokeModel.exportRequest(folder));
    Path to = folder.resolve(STRANGE).resolve("7");
    try (Stream<Path> files = Files.walk(FOREIGN)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(FOREIGN.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        if (Files.isRegularFile(file)) {
          Files.copy(file, copy);
        }
      }
    }
  }

  int port() {
    return server.port();
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return client.send(request(path, headers).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws Exception {
    return client.send(posted(path, json), HttpResponse.BodyHandlers.ofString());
  }

  /** The lines of a stream. */
  List<JsonObject> lines(String path, String json) throws Exception {
    HttpResponse<String> response = post(path, json);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + ": " + response.body());
    }
    return response
        .body()
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /** The same one by one; closing them ends the connection. */
  HttpResponse<Stream<String>> open(String path, String json) throws Exception {
    return client.send(posted(path, json), HttpResponse.BodyHandlers.ofLines());
  }

  private HttpRequest posted(String path, String json) {
    return request(path, "Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json))
        .build();
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    server.close();
    models.close();
  }
}
