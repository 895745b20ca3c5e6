// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the gRPC server puts up with, with calls that take as long as the test wants. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GrpcLimitsTest {
  private static final ServerSettings SETTINGS = ServerSettings.DEFAULT.at("127.0.0.1", 0);
  private static final String METHOD = "test.Lengths/Of";

  /** Answers with the length of the message, when it may. */
  private static final class Lengths implements GrpcCalls {
    final AtomicInteger begun = new AtomicInteger();
    final CountDownLatch running = new CountDownLatch(1);
    final Semaphore gate;

    Lengths(int free) {
      gate = new Semaphore(free);
    }

    @Override
    public Set<String> methods() {
      return Set.of(METHOD);
    }

    @Override
    public byte[] answer(String method, ByteString request) {
      begun.incrementAndGet();
      running.countDown();
      gate.acquireUninterruptibly();
      return Integer.toString(request.size()).getBytes(UTF_8);
    }
  }

  private static GrpcServer start(GrpcCalls calls, ServerSettings settings) {
    return new GrpcServer(calls, settings, RequestBody.Room.of(settings)).start();
  }

  private static GrpcServer start(ServerSettings settings) {
    return start(new Lengths(Integer.MAX_VALUE), settings);
  }

  private static String answered(GrpcClient.Answer answer) {
    return new String(answer.bytes(), UTF_8);
  }

  @Test
  void messagesThatAreTooLongAreRefusedPackedAndUnpacked() {
    try (GrpcServer server = start(SETTINGS.withMaxRequestBytes(1 << 20));
        GrpcClient client = new GrpcClient(server)) {
      CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");

      GrpcClient.Answer plain = client.call(METHOD, new byte[(1 << 20) + 1]);
      assertThat(plain.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(plain.status().getDescription()).contains("1048576");
      GrpcClient.Answer packed = client.send(METHOD, new byte[100 << 20], gzip).answer().join();
      assertThat(packed.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(packed.status().getDescription()).contains("1048576");
      // the largest that fit, and the server goes on
      assertThat(answered(client.call(METHOD, new byte[1 << 20]))).isEqualTo("1048576");
      assertThat(answered(client.send(METHOD, new byte[1 << 20], gzip).answer().join()))
          .isEqualTo("1048576");
      assertThat(answered(client.call(METHOD, new byte[0]))).isEqualTo("0");
    }
  }

  @Test
  void memoryForMessagesIsLimitedForAllClientsTogether() {
    Lengths held = new Lengths(0);
    ServerSettings settings = SETTINGS.withMaxRequestBytes(1 << 20);
    try (GrpcServer server =
            new GrpcServer(held, settings, new RequestBody.Room(2_000_000)).start();
        GrpcClient client = new GrpcClient(server)) {
      GrpcClient.Running first = client.send(METHOD, new byte[1 << 20], CallOptions.DEFAULT);
      await(held.running);

      assertThat(client.call(METHOD, new byte[1 << 20]).error())
          .isEqualTo("UNAVAILABLE: too many large requests at a time, try again later");
      // packed it is small, unpacked it is not
      assertThat(
              client
                  .send(METHOD, new byte[1 << 20], CallOptions.DEFAULT.withCompression("gzip"))
                  .answer()
                  .join()
                  .error())
          .isEqualTo("UNAVAILABLE: too many large requests at a time, try again later");
      held.gate.release(100);
      assertThat(answered(first.answer().join())).isEqualTo("1048576");
      assertThat(answered(client.call(METHOD, new byte[1 << 20]))).isEqualTo("1048576");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void callsAndRequestsThatTakeTooLongAreTold() {
    Lengths held = new Lengths(0);
    try (GrpcServer server =
            start(
                held,
                SETTINGS.withTimeout(Duration.ofMillis(300)).withStop(Duration.ofSeconds(1)));
        GrpcClient client = new GrpcClient(server)) {
      // half a request: nothing, or a message and no end
      GrpcClient.Running silent = client.begin(METHOD, CallOptions.DEFAULT);
      assertThat(silent.answer().join().error())
          .isEqualTo(
              "DEADLINE_EXCEEDED: the request is not there after 0.3 s, the limit of this server");
      GrpcClient.Running half = client.begin(METHOD, CallOptions.DEFAULT);
      half.call().sendMessage(new byte[3]);
      assertThat(half.answer().join().status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(held.begun).hasValue(0);

      assertThat(client.call(METHOD, new byte[3]).error())
          .isEqualTo(
              "DEADLINE_EXCEEDED: the call takes longer than 0.3 s, the limit of this server");
      held.gate.release(100);
      assertThat(answered(client.call(METHOD, new byte[3]))).isEqualTo("3");
    }
  }

  @Test
  void aCallWithoutAMessageIsAnError() {
    try (GrpcServer server = start(SETTINGS);
        GrpcClient client = new GrpcClient(server)) {
      GrpcClient.Running running = client.begin(METHOD, CallOptions.DEFAULT);
      running.call().halfClose();
      assertThat(running.answer().join().status().getCode()).isEqualTo(Status.Code.INTERNAL);
    }
  }

  @Test
  void cancelledCallsThatWaitAreNotComputed() throws Exception {
    Lengths held = new Lengths(0);
    try (GrpcServer server = start(held, SETTINGS.withConcurrent(1));
        GrpcClient client = new GrpcClient(server)) {
      final GrpcClient.Running first = client.send(METHOD, new byte[1], CallOptions.DEFAULT);
      await(held.running);
      GrpcClient.Running second = client.send(METHOD, new byte[2], CallOptions.DEFAULT);
      CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS);
      GrpcClient.Running third = client.send(METHOD, new byte[3], soon);
      second.call().cancel("enough", null);
      assertThat(second.answer().join().status().getCode()).isEqualTo(Status.Code.CANCELLED);
      assertThat(third.answer().join().status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      // the server hears of it before it hears of a call that is sent later
      assertThat(client.call("other.Service/Method", new byte[0]).status().getCode())
          .isEqualTo(Status.Code.UNIMPLEMENTED);
      Thread.sleep(100); // the server's own clock for the deadline

      held.gate.release(100);
      assertThat(answered(first.answer().join())).isEqualTo("1");
      assertThat(answered(client.call(METHOD, new byte[4]))).isEqualTo("4");
      assertThat(held.begun).hasValue(2); // the first and the last
    }
  }

  @Test
  void moreCallsThanMayWaitAreRefused() {
    Lengths held = new Lengths(0);
    try (GrpcServer server = start(held, SETTINGS.withConcurrent(1));
        GrpcClient client = new GrpcClient(server)) {
      List<GrpcClient.Running> accepted = new ArrayList<>();
      accepted.add(client.send(METHOD, new byte[1], CallOptions.DEFAULT));
      await(held.running);
      List<GrpcClient.Running> more = new ArrayList<>();
      for (int i = 0; i < CallThreads.WAITING + 3; i++) {
        more.add(client.send(METHOD, new byte[1], CallOptions.DEFAULT));
      }
      GrpcClient.Answer refused =
          CompletableFuture.anyOf(
                  more.stream()
                      .map(GrpcClient.Running::answer)
                      .toArray(CompletableFuture<?>[]::new))
              .thenApply(GrpcClient.Answer.class::cast)
              .join();
      assertThat(refused.error())
          .isEqualTo("UNAVAILABLE: the server is busy, 16 calls wait already; try again later");
      held.gate.release(100);
      long answered = more.stream().filter(each -> each.answer().join().status().isOk()).count();
      assertThat(answered).isEqualTo(CallThreads.WAITING);
      assertThat(answered(accepted.get(0).answer().join())).isEqualTo("1");
    }
  }

  @Test
  void closingWaitsForCallsAndRefusesNewOnes() throws Exception {
    Lengths held = new Lengths(0);
    GrpcServer server = start(held, SETTINGS);
    try (GrpcClient client = new GrpcClient(server)) {
      GrpcClient.Running running = client.send(METHOD, new byte[5], CallOptions.DEFAULT);
      await(held.running);
      int port = server.port();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      while (connects(port)) {
        Thread.sleep(10);
      }
      assertThat(client.call(METHOD, new byte[6]).status().getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(closing).isNotDone();
      assertThat(running.answer()).isNotDone();

      held.gate.release(100);
      assertThat(answered(running.answer().join())).isEqualTo("5");
      closing.get(30, TimeUnit.SECONDS);
    }
    server.close(); // again does nothing
  }

  private static boolean connects(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void closingGivesUpCallsThatDoNotEnd() {
    Lengths held = new Lengths(0);
    GrpcServer server = start(held, SETTINGS.withStop(Duration.ofMillis(200)));
    try (GrpcClient client = new GrpcClient(server)) {
      GrpcClient.Running running = client.send(METHOD, new byte[5], CallOptions.DEFAULT);
      await(held.running);
      long begun = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
      assertThat(running.answer().join().status().isOk()).isFalse();
      held.gate.release(100);
    }
  }

  @Test
  void unexpectedFailuresAreInternalAndLeaveTheServerRunning() {
    GrpcCalls failing =
        new GrpcCalls() {
          @Override
          public Set<String> methods() {
            return Set.of(METHOD);
          }

          @Override
          public byte[] answer(String method, ByteString request) {
            throw new IllegalStateException("a fault of the program");
          }
        };
    try (GrpcServer server = start(failing, SETTINGS.withTimeout(Duration.ofSeconds(20)));
        GrpcClient client = new GrpcClient(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.call(METHOD, new byte[1]).error())
            .isEqualTo(
                "INTERNAL: internal: java.lang.IllegalStateException: a fault of the program");
      }
    }
  }

  @Test
  void longErrorsAreCutOff() {
    GrpcCalls failing =
        new GrpcCalls() {
          @Override
          public Set<String> methods() {
            return Set.of(METHOD);
          }

          @Override
          public byte[] answer(String method, ByteString request) {
            throw RestError.invalid("ä".repeat(5000));
          }
        };
    try (GrpcServer server = start(failing, SETTINGS);
        GrpcClient client = new GrpcClient(server)) {
      assertThat(client.call(METHOD, new byte[1]).error())
          .isEqualTo("INVALID_ARGUMENT: " + "ä".repeat(1024) + "...TRUNCATED");
    }
  }

  @Test
  void aPortInUseIsOneClearError() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerSettings there = SETTINGS.at("127.0.0.1", taken.getLocalPort());
      assertThatThrownBy(() -> start(there))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort() + ": the port is in use")
          .hasMessageContaining("choose another port with grpcPort");
    }
    // an address of documentation, which no machine has
    assertThatThrownBy(() -> start(SETTINGS.at("192.0.2.1", 0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the server cannot listen there");
    assertThatThrownBy(() -> start(SETTINGS.at("no-such-host.invalid", 0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the server cannot listen there");
  }

  @Test
  void clientsThatSpeakSomethingElseAreCutOff() throws IOException {
    try (GrpcServer server = start(SETTINGS);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      while (socket.getInputStream().read() >= 0) {} // until the server closes
      try (GrpcClient client = new GrpcClient(server)) {
        assertThat(answered(client.call(METHOD, new byte[2]))).isEqualTo("2");
      }
    }
  }
}
