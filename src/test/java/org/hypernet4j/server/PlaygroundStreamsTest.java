// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.language.SmallLanguageModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams whose readers go away, that are too many, or that the server cuts off. */
class PlaygroundStreamsTest {
  /** Far more than any buffer on the way holds. */
  private static final int ENDLESS = 100_000_000;

  private static final String REQUEST =
      """
      {"model": "language-hyperlstm", "prompt": "a", "length": %d, "temperature": 1, "seed": 1}\
      """
          .formatted(ENDLESS);

  @TempDir static Path folder;

  @BeforeAll
  static void export() {
    Exporter.export(SmallLanguageModel.exportRequest(folder));
  }

  /** A reader that reads its first line and then nothing. */
  private static Socket reader(PlaygroundServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    byte[] body = REQUEST.getBytes(StandardCharsets.UTF_8);
    socket
        .getOutputStream()
        .write(
            ("POST /playground/text HTTP/1.1\r\n"
                    + "Host: localhost\r\n"
                    + "Content-Type: application/json\r\n"
                    + "Content-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().write(body);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
    return socket;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Test
  void endsWhenTheReaderGoesAndRefusesTooMany() throws Exception {
    try (PlaygroundServer server = new PlaygroundServer(folder, ENDLESS)) {
      List<Socket> readers = new ArrayList<>();
      try {
        for (int i = 0; i < Playground.MOST_AT_A_TIME; i++) {
          readers.add(reader(server));
        }
        assertThat(server.playground.running()).isEqualTo(Playground.MOST_AT_A_TIME);
        HttpResponse<String> refused = server.post("/playground/text", REQUEST);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body()).contains("busy with 16 others");
        readers.remove(0).close();
        await("one has ended", () -> server.playground.running() < Playground.MOST_AT_A_TIME);
      } finally {
        for (Socket socket : readers) {
          socket.close();
        }
      }
      await("all have ended", () -> server.playground.running() == 0);
    }
  }

  @Test
  void aServerThatStopsSaysSo() throws Exception {
    PlaygroundServer server = new PlaygroundServer(folder, ENDLESS);
    Thread stopping = new Thread(server::close);
    try (Stream<String> lines = server.open("/playground/text", REQUEST).body()) {
      Iterator<String> each = lines.iterator();
      assertThat(each.next()).startsWith("{\"prompt\":true,\"symbols\":[\"a\"]");
      stopping.start();
      String last = "";
      while (each.hasNext()) {
        last = each.next();
      }
      assertThat(last).isEqualTo("{\"end\":\"stopped\"}");
    }
    stopping.join(30_000);
    assertThat(stopping.isAlive()).isFalse();
  }
}
