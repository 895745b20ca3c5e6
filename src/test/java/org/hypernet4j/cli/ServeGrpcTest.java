// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;

/** The option {@code --grpc-port} of the command {@code serve}, where it cannot be used. */
class ServeGrpcTest {
  private static final String MODEL = "src/test/resources/export/foreign/keras_export";

  private static void requireRefused(Cli cli, String... parts) {
    assertThat(cli.exitCode()).as("%s", cli).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains(parts);
  }

  @Test
  void aPortInUseIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      requireRefused(
          Cli.run("serve", MODEL, "--port", 0, "--grpc-port", port),
          "127.0.0.1:" + port + ": the port is in use",
          "--grpc-port");
    }
  }

  @Test
  void thePortOfTheOtherInterfaceAndNoPortAreRefused() {
    requireRefused(
        Cli.run("serve", MODEL, "--port", 8777, "--grpc-port", 8777),
        "--grpc-port",
        "another port than --port");
    requireRefused(Cli.run("serve", MODEL, "--port", 0, "--grpc-port", 70_000), "0 to 65535");
    requireRefused(Cli.run("serve", MODEL, "--port", 0, "--grpc-port", -1), "0 to 65535");
  }
}
