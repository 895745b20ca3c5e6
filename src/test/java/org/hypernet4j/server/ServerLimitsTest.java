// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server puts up with, with calls that take as long as the test wants. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServerLimitsTest {
  private static final ServerSettings SETTINGS = ServerSettings.DEFAULT.at("127.0.0.1", 0);
  private static final String PATH = "/v1/models/m:predict";

  /** Answers with the length of the body. */
  private static RestAnswer length(String method, String path, byte[] body) {
    return new RestAnswer(200, ("{\"length\": " + body.length + "}").getBytes(UTF_8));
  }

  private static ModelServer start(RestCalls calls, ServerSettings settings) {
    return new ModelServer(calls, () -> true, settings).start();
  }

  private static InputStream zeros(long length) {
    return new InputStream() {
      private long left = length;

      @Override
      public int read() {
        return left-- > 0 ? '0' : -1;
      }

      @Override
      public int read(byte[] into, int from, int most) {
        int count = (int) Math.min(left, most);
        left -= Math.max(0, count);
        return count <= 0 ? -1 : count;
      }
    };
  }

  @Test
  void aBodyOf100MegabytesGetsItsAnswerAndTheServerGoesOn() throws Exception {
    try (ModelServer server = start(ServerLimitsTest::length, SETTINGS)) {
      Http http = new Http(server);
      // of unknown length: it comes in chunks
      HttpResponse<String> chunked =
          http.send("POST", PATH, BodyPublishers.ofInputStream(() -> zeros(100L << 20)));
      assertThat(chunked.statusCode()).isEqualTo(413);
      assertThat(Http.error(chunked)).contains("more than 67108864 bytes");
      HttpResponse<String> declared =
          http.send(
              "POST",
              PATH,
              BodyPublishers.fromPublisher(
                  BodyPublishers.ofInputStream(() -> zeros(100L << 20)), 100L << 20));
      assertThat(declared.statusCode()).isEqualTo(413);
      String asked =
          http.raw(
              String.join(
                  "\r\n",
                  "POST /v1/models/m:predict HTTP/1.1",
                  "Host: x",
                  "Content-Length: 104857600",
                  "Expect: 100-continue",
                  "",
                  ""));
      assertThat(asked).startsWith("HTTP/1.1 413 ").contains("Connection: close");

      HttpResponse<String> largest =
          http.send("POST", PATH, BodyPublishers.ofInputStream(() -> zeros(64L << 20)));
      assertThat(largest.body()).isEqualTo("{\"length\": 67108864}");
    }
  }

  @Test
  void compressedBodiesAreMeasuredUnpacked() throws Exception {
    try (ModelServer server =
        start(ServerLimitsTest::length, SETTINGS.withMaxRequestBytes(1 << 20))) {
      Http http = new Http(server);
      String[] gzip = {"Content-Encoding", "gzip"};

      assertThat(http.send("POST", PATH, BodyPublishers.ofByteArray(packed(1 << 20)), gzip).body())
          .isEqualTo("{\"length\": 1048576}");
      assertThat(
              http.send("POST", PATH, BodyPublishers.ofByteArray(packed(50 << 20)), gzip)
                  .statusCode())
          .isEqualTo(413);
      assertThat(Http.error(http.send("POST", PATH, BodyPublishers.ofString("plain text"), gzip)))
          .contains("not in the format gzip");
    }
  }

  private static byte[] packed(int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(new byte[length]);
    }
    return bytes.toByteArray();
  }

  @Test
  void slowClientsHoldUpNobodyAndAreToldWhenTheTimeIsOver() throws Exception {
    ServerSettings settings = SETTINGS.withTimeout(Duration.ofSeconds(2)).withConcurrent(1);
    try (ModelServer server = start(ServerLimitsTest::length, settings)) {
      Http http = new Http(server);
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 100; i++) { // more than there are threads
        Socket socket = http.socket();
        socket
            .getOutputStream()
            .write(
                "POST /v1/models/m:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"in"
                    .getBytes(UTF_8));
        slow.add(socket);
      }

      assertThat(http.post(PATH, "12345").body()).isEqualTo("{\"length\": 5}");
      // a byte now and then does not help: the limit is for the whole request
      CompletableFuture<Void> dripping =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < 20; i++) {
                    slow.get(0).getOutputStream().write('s');
                    TimeUnit.MILLISECONDS.sleep(200);
                  }
                } catch (IOException | InterruptedException e) {
                  // the server has closed it
                }
              });
      for (Socket socket : List.of(slow.get(0), slow.get(99))) {
        String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
        assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"error\": \"the request ");
      }
      dripping.cancel(true);
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void halfARequestLeavesNothingBehind() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RestCalls counted =
        (method, path, body) -> {
          calls.incrementAndGet();
          return length(method, path, body);
        };
    try (ModelServer server = start(counted, SETTINGS.withMaxRequestBytes(1 << 20))) {
      Http http = new Http(server);
      for (int i = 0; i < 50; i++) {
        try (Socket socket = http.socket()) {
          socket
              .getOutputStream()
              .write(
                  ("POST /v1/models/m:predict HTTP/1.1\r\n"
                          + "Host: x\r\n"
                          + "Content-Length: 1000000\r\n\r\n"
                          + "x".repeat(200_000))
                      .getBytes(UTF_8));
        }
      }

      assertThat(http.post(PATH, "123").body()).isEqualTo("{\"length\": 3}");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void whatIsNoHttpGetsAnErrorInTheSameForm() throws Exception {
    try (ModelServer server = start(ServerLimitsTest::length, SETTINGS)) {
      Http http = new Http(server);

      assertThat(http.raw("BLAH\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"error\": \"");
      assertThat(
              http.raw(
                  "GET /v1/models/"
                      + "x".repeat(20_000)
                      + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 414 ")
          .contains("\"error\": \"");
      HttpResponse<String> nowhere = http.get("/nowhere");
      assertThat(nowhere.statusCode()).isEqualTo(404);
      assertThat(nowhere.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(Http.error(nowhere)).isEqualTo("Not Found");
    }
  }

  @Test
  void preflightsAsTheRealServerWithoutCors() throws Exception {
    try (ModelServer server = start(ServerLimitsTest::length, SETTINGS)) {
      Http http = new Http(server);
      HttpResponse<String> asked =
          http.send("OPTIONS", PATH, BodyPublishers.noBody(), "Origin", "http://example.org");

      assertThat(asked.statusCode()).isEqualTo(200);
      assertThat(asked.body()).isEmpty();
      assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertThat(http.send("OPTIONS", PATH, BodyPublishers.noBody()).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void callsWaitAndThenAreTurnedAway() throws Exception {
    Semaphore allowed = new Semaphore(0);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    RestCalls waiting =
        (method, path, body) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          allowed.acquireUninterruptibly();
          running.decrementAndGet();
          return length(method, path, body);
        };
    try (ModelServer server = start(waiting, SETTINGS.withConcurrent(2))) {
      Http http = new Http(server);
      List<CompletableFuture<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) { // 2 run, 32 wait
        all.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return http.post(PATH, "1").statusCode();
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                },
                work -> new Thread(work).start()));
      }
      while (all.stream().filter(CompletableFuture::isDone).count() < 6) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertThat(http.get("/health/live").statusCode()).isEqualTo(200); // still told
      allowed.release(1000);

      List<Integer> codes = all.stream().map(CompletableFuture::join).toList();
      assertThat(codes.stream().filter(code -> code == 503)).hasSize(6);
      assertThat(codes.stream().filter(code -> code == 200)).hasSize(34);
      assertThat(most).hasValue(2);
    }
  }

  @Test
  void aCallThatTakesTooLongIsTold() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    RestCalls endless =
        (method, path, body) -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return length(method, path, body);
        };
    try (ModelServer server = start(endless, SETTINGS.withTimeout(Duration.ofMillis(300)))) {
      HttpResponse<String> late = new Http(server).post(PATH, "1");

      assertThat(late.statusCode()).isEqualTo(504);
      assertThat(Http.error(late))
          .isEqualTo("the call takes longer than 0.3 s, the limit of this server");
      end.countDown();
    }
  }

  @Test
  void closingWaitsForWhatRunsAndTakesNothingNew() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore allowed = new Semaphore(0);
    RestCalls slow =
        (method, path, body) -> {
          begun.countDown();
          allowed.acquireUninterruptibly();
          return length(method, path, body);
        };
    ModelServer server = start(slow, SETTINGS);
    Http http = new Http(server);
    CompletableFuture<HttpResponse<String>> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return http.post(PATH, "12");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    begun.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
    TimeUnit.MILLISECONDS.sleep(300);
    assertThat(closing).isNotDone();
    assertThatThrownBy(() -> new Http(server).get("/health/live")).isInstanceOf(IOException.class);
    allowed.release();

    assertThat(running.get(20, TimeUnit.SECONDS).body()).isEqualTo("{\"length\": 2}");
    closing.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aCallThatNeverEndsIsGivenUpInTheEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    RestCalls endless =
        (method, path, body) -> {
          begun.countDown();
          new Semaphore(0).acquireUninterruptibly();
          return length(method, path, body);
        };
    ModelServer server = start(endless, SETTINGS.withStop(Duration.ofMillis(300)));
    try (Socket socket = new Http(server).socket()) {
      socket
          .getOutputStream()
          .write(
              "POST /v1/models/m:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
                  .getBytes(UTF_8));
      begun.await();

      long start = System.nanoTime();
      server.close();
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }
  }

  @Test
  void aPortInUse() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      ModelServer server =
          new ModelServer(
              ServerLimitsTest::length, () -> true, SETTINGS.at("127.0.0.1", other.getLocalPort()));

      assertThatThrownBy(server::start)
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("127.0.0.1:" + other.getLocalPort() + ": the port is in use;")
          .hasMessageEndingWith("End the other server, or choose another port with port.");
    }
    assertThatThrownBy(() -> start(ServerLimitsTest::length, SETTINGS.at("192.0.2.1", 0)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("192.0.2.1:0: the server cannot listen there;");
    assertThatThrownBy(
            () -> start(ServerLimitsTest::length, SETTINGS.at("no.such.host.invalid", 0)))
        .isInstanceOf(UserError.class);
  }

  @Test
  void pagesStandBesideTheInterface() throws Exception {
    Handler page =
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            response.write(true, UTF_8.encode("a page"), callback);
            return true;
          }
        };
    try (ModelServer server =
        new ModelServer(ServerLimitsTest::length, () -> false, SETTINGS).withPage(page).start()) {
      Http http = new Http(server);

      assertThat(http.get("/").body()).isEqualTo("a page");
      assertThat(http.post(PATH, "1").body()).isEqualTo("{\"length\": 1}");
      assertThat(http.get("/health/ready").statusCode()).isEqualTo(503);
      assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
      assertThat(http.post("/health/live", "").statusCode()).isEqualTo(405);
    }
  }
}
