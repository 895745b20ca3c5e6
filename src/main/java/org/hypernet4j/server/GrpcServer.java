// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.hypernet4j.error.UserError;
import org.hypernet4j.predict.ServedModels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves models by TensorFlow Serving's gRPC interface: {@code PredictionService/Predict} and
 * {@code GetModelMetadata}, {@code ModelService/GetModelStatus}, and the health of gRPC.
 *
 * <pre>{@code
 * try (ServedModels models = ServedModels.open(Path.of("export/models"), ServingSettings.DEFAULT);
 *     GrpcServer server =
 *         new GrpcServer(models, ServerSettings.DEFAULT.at("127.0.0.1", 8500)).start()) {
 *   System.out.println(server.target());
 *   ...
 * }
 * }</pre>
 */
public final class GrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);
  private static final int CALLS = 1000;

  /** Kept, or the JVM forgets its level. */
  private static final java.util.logging.Logger OF_GRPC =
      java.util.logging.Logger.getLogger("io.grpc");

  private static final Context.Key<ReceivedBytes> RECEIVED = Context.key("received");

  private final ServerSettings settings;
  private final GrpcCalls api;
  private final CallThreads threads;
  private final ScheduledThreadPoolExecutor clock;
  private final RequestBody.Room room;
  private final AtomicInteger open = new AtomicInteger();
  private final int mostOpen;
  private final Server server;
  private volatile boolean stopping;

  /**
   * A server that does not listen yet.
   *
   * @param models that it serves, which stay the caller's; close them after the server
   * @param settings its calls are computed by threads of its own, so many as these say
   */
  public GrpcServer(ServedModels models, ServerSettings settings) {
    this(new GrpcApi(models), settings, RequestBody.Room.of(settings));
  }

  /** A server whose calls are answered by other code, with so much room for their messages. */
  GrpcServer(GrpcCalls api, ServerSettings settings, RequestBody.Room room) {
    this.api = api;
    this.settings = settings;
    this.room = room;
    if (OF_GRPC.getLevel() == null) {
      OF_GRPC.setLevel(Level.SEVERE); // it warns, with a stack trace, of every request too long
    }
    threads = new CallThreads("grpc-predict", settings.concurrent());
    mostOpen = Math.max(CALLS, 2 * (CallThreads.WAITING + 1) * settings.concurrent());
    clock =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "grpc-clock");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
            .maxInboundMessageSize(Math.toIntExact(settings.maxRequestBytes()))
            .addStreamTracerFactory(new Tracers())
            .directExecutor(); // it only hands over: the calls have threads of their own
    Map<String, ServerServiceDefinition.Builder> services = new LinkedHashMap<>();
    for (String name : api.methods()) {
      services
          .computeIfAbsent(
              String.valueOf(MethodDescriptor.extractFullServiceName(name)),
              ServerServiceDefinition::builder)
          .addMethod(method(name), this::begin);
    }
    services.values().forEach(service -> builder.addService(service.build()));
    server = builder.build();
  }

  private static MethodDescriptor<GrpcMessage, GrpcMessage> method(String name) {
    return MethodDescriptor.<GrpcMessage, GrpcMessage>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .setRequestMarshaller(GrpcMessage.MARSHALLER)
        .setResponseMarshaller(GrpcMessage.MARSHALLER)
        .build();
  }

  private ServerCall.Listener<GrpcMessage> begin(
      ServerCall<GrpcMessage, GrpcMessage> call, Metadata headers) {
    GrpcCall begun = new GrpcCall(call, api, threads, open::decrementAndGet);
    open.incrementAndGet();
    if (stopping) { // clients hear of it somewhat later than we
      begun.fail(new RestError(RestError.Code.UNAVAILABLE, "the server is stopping"));
      return begun;
    } else if (open.get() > mostOpen) {
      begun.fail(
          new RestError(
              RestError.Code.UNAVAILABLE,
              "the server is busy, " + mostOpen + " calls are open already; try again later"));
      return begun;
    }
    begun.limit(
        clock.schedule(
            () -> begun.fail(late(begun)), settings.timeout().toMillis(), TimeUnit.MILLISECONDS));
    RECEIVED
        .get()
        .whenFull(
            () ->
                clock.execute(
                    () ->
                        begun.fail(
                            new RestError(
                                RestError.Code.UNAVAILABLE,
                                "too many large requests at a time, try again later"))));
    call.request(2); // a second message would be a fault, which gRPC finds
    return begun;
  }

  private RestError late(GrpcCall call) {
    String limit = settings.timeout().toMillis() / 1000.0 + " s, the limit of this server";
    return new RestError(
        RestError.Code.DEADLINE_EXCEEDED,
        call.received()
            ? "the call takes longer than " + limit
            : "the request is not there after " + limit);
  }

  /** Counts what comes in for one call, as long as the call lasts. */
  private static final class ReceivedBytes extends ServerStreamTracer {
    private final RequestBody.Room room;
    private long packed;
    private long unpacked;
    private long taken;
    private boolean full;
    private Runnable whenFull = () -> {};

    private ReceivedBytes(RequestBody.Room room) {
      this.room = room;
    }

    private synchronized void whenFull(Runnable work) {
      whenFull = work;
      if (full) {
        work.run();
      }
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(RECEIVED, this);
    }

    @Override
    public synchronized void inboundWireSize(long bytes) {
      packed += bytes;
      take();
    }

    @Override
    public synchronized void inboundUncompressedSize(long bytes) {
      unpacked += bytes;
      take();
    }

    private void take() {
      long more = Math.max(packed, unpacked) - taken;
      if (full || more <= 0) {
        return;
      } else if (room.take(more)) {
        taken += more;
      } else {
        full = true;
        whenFull.run();
      }
    }

    @Override
    public synchronized void streamClosed(Status status) {
      room.give(taken);
      taken = 0;
      full = true;
      whenFull = () -> {};
    }
  }

  private final class Tracers extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new ReceivedBytes(room);
    }
  }

  /**
   * Listens.
   *
   * @throws UserError if the port is in use, or the address is not one of this machine
   */
  public GrpcServer start() {
    try {
      server.start();
    } catch (IOException e) {
      close();
      throw settings.cannotListen("grpcPort", e);
    }
    return this;
  }

  /** The port on which it listens. */
  public int port() {
    return server.getPort();
  }

  /** Where it listens, as clients take it: {@code 127.0.0.1:8500}. */
  public String target() {
    String host = settings.host();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
  }

  /** Takes no new calls, waits for the running ones as long as the settings say, and ends. */
  @Override
  public void close() {
    stopping = true;
    server.shutdown();
    try {
      if (!server.awaitTermination(settings.stop().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Calls that still run after {} s are given up", settings.stop().toSeconds());
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
      threads.close(settings.stop());
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      clock.shutdownNow();
    }
  }
}
