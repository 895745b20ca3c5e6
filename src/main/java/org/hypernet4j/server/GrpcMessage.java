// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is on the wire.
 *
 * @param bytes of it
 * @param error why they could not be read, or null
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record GrpcMessage(byte[] bytes, @Nullable Status error) {
  /** Messages as they are, so that gRPC needs no classes generated for them. */
  static final MethodDescriptor.Marshaller<GrpcMessage> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(GrpcMessage message) {
          return new ByteArrayInputStream(message.bytes());
        }

        @Override
        public GrpcMessage parse(InputStream stream) {
          try {
            return new GrpcMessage(stream.readAllBytes(), null);
          } catch (StatusRuntimeException e) {
            return new GrpcMessage(new byte[0], e.getStatus()); // unpacked it is too long
          } catch (IOException e) {
            return new GrpcMessage(
                new byte[0],
                Status.INTERNAL.withDescription("the request cannot be unpacked: " + e));
          }
        }
      };
}
