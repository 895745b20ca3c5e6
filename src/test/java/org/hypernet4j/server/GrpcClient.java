// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that sends bytes and gets bytes. */
final class GrpcClient implements AutoCloseable {
  static final String PREDICT = "tensorflow.serving.PredictionService/Predict";

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  final ManagedChannel channel;

  /**
   * What came back.
   *
   * @param status of the call
   * @param message or null where the status is an error
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Answer(Status status, byte @Nullable [] message) {
    /** The message of a call that was answered. */
    byte[] bytes() {
      if (message == null || !status.isOk()) {
        throw new AssertionError(status);
      }
      return message;
    }

    /** Code and text: {@code NOT_FOUND: no such thing}. */
    String error() {
      return status.getCode() + ": " + status.getDescription();
    }
  }

  /** A call that runs. */
  record Running(ClientCall<byte[], byte[]> call, CompletableFuture<Answer> answer) {}

  GrpcClient(GrpcServer server) {
    this("127.0.0.1:" + server.port());
  }

  GrpcClient(String target) {
    channel = NettyChannelBuilder.forTarget(target).usePlaintext().build();
  }

  /** Begins a call, without a message. */
  Running begin(String method, CallOptions options) {
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            // the same on the wire, but what is sent does not wait for the end of the request
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(method)
            .setRequestMarshaller(BYTES)
            .setResponseMarshaller(BYTES)
            .build();
    ClientCall<byte[], byte[]> call = channel.newCall(descriptor, options);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          private byte @Nullable [] received;

          @Override
          public void onMessage(byte[] message) {
            received = message;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            answer.complete(new Answer(status, received));
          }
        },
        new Metadata());
    call.request(2);
    return new Running(call, answer);
  }

  Running send(String method, byte[] message, CallOptions options) {
    Running running = begin(method, options);
    running.call().sendMessage(message);
    running.call().halfClose();
    return running;
  }

  Answer call(String method, byte[] message) {
    return send(method, message, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS))
        .answer()
        .join();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
