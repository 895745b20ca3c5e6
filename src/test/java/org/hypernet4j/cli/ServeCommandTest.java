// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ServeCommandTest {
  private static final Path HALF = Path.of("src/test/resources/export/foreign/half_plus_two");

  @TempDir Path folder;

  @Test
  void aPortInUse() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      Cli cli = Cli.run("serve", HALF, "--port", other.getLocalPort());

      assertThat(cli.exitCode()).isEqualTo(2);
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err()).hasSize(1);
      assertThat(cli.err().get(0))
          .startsWith("error: 127.0.0.1:" + other.getLocalPort() + ": the port is in use;")
          .endsWith("or choose another port with --port.");
    }
  }

  @Test
  void labelsThatFitNoVersion() {
    for (String label : List.of("stable=9", "stable", "other/stable=1", "a/b/c=1", "=1")) {
      Cli cli = Cli.run("serve", HALF, "--port", 0, "--label", label);

      assertThat(cli.exitCode()).as(label).isEqualTo(2);
      assertThat(cli.err()).as(label).hasSize(1);
      assertThat(cli.err().get(0)).startsWith("error: --label");
    }
  }

  @Test
  void aModelThatIsDamaged() throws IOException {
    Path model = Files.createDirectories(folder.resolve("m/1"));
    Files.writeString(model.resolve("saved_model.pb"), "damaged");

    Cli cli = Cli.run("serve", folder.resolve("m"), "--port", 0);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err().get(cli.err().size() - 1))
        .startsWith("error: ")
        .contains("saved_model.pb");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
  void servesUntilASignalAndEndsWithZero() throws Exception {
    List<String> words =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
    words.addAll(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", Main.class.getName()));
    words.addAll(List.of("serve", HALF.toString(), "--port", "0", "--max-batch", "8", "--json"));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Path err = folder.resolve("err");
    Process process = builder.redirectError(err.toFile()).start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      String line = out.readLine();
      assertThat(line).as(() -> read(err)).isNotNull();
      JsonObject told = JsonParser.parseString(line).getAsJsonObject();
      String url = told.get("url").getAsString();
      assertThat(url).isEqualTo("http://127.0.0.1:" + told.get("port").getAsInt());
      assertThat(told.get("models").toString())
          .isEqualTo("[{\"name\":\"half_plus_two\",\"versions\":[1]}]");
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/v1/models/half_plus_two:predict"))
                      .POST(HttpRequest.BodyPublishers.ofString("{\"instances\": [[2]]}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body().replaceAll("\\s", "")).isEqualTo("{\"predictions\":[[3.0]]}");

      process.toHandle().destroy(); // SIGTERM, and its output stays readable
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(out.lines().toList()).containsExactly("{\"stopped\":true}");
      assertThat(Files.readAllLines(err))
          .containsExactly(
              "serving at " + url + ", Ctrl-C ends it",
              "  half_plus_two, version 1: " + url + "/v1/models/half_plus_two:predict",
              "stopped");
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
