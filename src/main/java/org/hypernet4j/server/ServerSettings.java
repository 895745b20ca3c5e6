// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.io.IOException;
import java.time.Duration;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;

/**
 * Where a {@link ModelServer} listens and what it puts up with.
 *
 * @param host name or address on which it listens
 * @param port 0 for any that is free
 * @param maxRequestBytes longest body of a request, unpacked if it came compressed
 * @param timeout longest time from the first line of a request to its answer; also the longest
 *     silence of a client
 * @param concurrent how many calls are computed at a time; some more wait
 * @param stop how long running requests are waited for when the server ends
 */
public record ServerSettings(
    String host, int port, long maxRequestBytes, Duration timeout, int concurrent, Duration stop) {
  /** TensorFlow Serving's usual port, on this machine only. */
  public static final ServerSettings DEFAULT =
      new ServerSettings(
          "127.0.0.1",
          8501,
          64L << 20,
          Duration.ofSeconds(60),
          4 * Runtime.getRuntime().availableProcessors(),
          Duration.ofSeconds(15));

  /** The largest body that fits into an array. */
  private static final long LARGEST = Integer.MAX_VALUE - 8;

  /** Checks the ranges. */
  public ServerSettings {
    require(!host.isBlank(), "host", "a name or an address", host);
    require(port >= 0 && port <= 65535, "port", "0 to 65535", port);
    require(
        maxRequestBytes >= 1 && maxRequestBytes <= LARGEST,
        "maxRequestBytes",
        "1 to " + LARGEST,
        maxRequestBytes);
    require(
        !timeout.isNegative() && !timeout.isZero() && timeout.compareTo(Duration.ofDays(1)) <= 0,
        "timeout",
        "more than 0 and at most a day, in seconds",
        timeout.toMillis() / 1000.0);
    require(concurrent >= 1 && concurrent <= 10_000, "concurrent", "1 to 10000", concurrent);
    require(!stop.isNegative(), "stop", "a time that is not negative", stop);
  }

  private static void require(boolean holds, String setting, Object expected, Object received) {
    if (!holds) {
      throw UserError.in(Setting.of(setting))
          .what("is out of range")
          .expected(expected)
          .received(received)
          .build();
    }
  }

  /**
   * What is wrong where a server cannot listen.
   *
   * @param name of the setting that says the port
   */
  UserError cannotListen(String name, IOException e) {
    Throwable reason = e.getCause() == null ? e : e.getCause();
    boolean taken = String.valueOf(reason.getMessage()).contains("in use");
    return UserError.in(host + ":" + port)
        .what(taken ? "the port is in use" : "the server cannot listen there")
        .expected("a free port and an address of this machine")
        .received(reason.getMessage() == null ? reason : reason.getMessage())
        .next(
            taken
                ? "end the other server, or choose another port with " + Setting.of(name)
                : "choose others with " + Setting.of("host") + " and " + Setting.of(name))
        .cause(e)
        .build();
  }

  /** The same at another place. */
  public ServerSettings at(String newHost, int newPort) {
    return new ServerSettings(newHost, newPort, maxRequestBytes, timeout, concurrent, stop);
  }

  /** The same with another limit of a body's length. */
  public ServerSettings withMaxRequestBytes(long bytes) {
    return new ServerSettings(host, port, bytes, timeout, concurrent, stop);
  }

  /** The same with another limit of time. */
  public ServerSettings withTimeout(Duration longest) {
    return new ServerSettings(host, port, maxRequestBytes, longest, concurrent, stop);
  }

  /** The same with another number of calls at a time. */
  public ServerSettings withConcurrent(int calls) {
    return new ServerSettings(host, port, maxRequestBytes, timeout, calls, stop);
  }

  /** The same with another time to end. */
  public ServerSettings withStop(Duration longest) {
    return new ServerSettings(host, port, maxRequestBytes, timeout, concurrent, longest);
  }
}
