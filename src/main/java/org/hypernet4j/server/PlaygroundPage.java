// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The page itself: one file with style and scripts in it, the same for all models. Names and texts
 * of models reach it as JSON and become text there, never markup; its policy allows no other
 * script, no other style, and no other host.
 */
final class PlaygroundPage {
  private static final List<String> SCRIPTS =
      List.of(
          "core",
          "strips",
          "pixels",
          "kernels",
          "image",
          "text",
          "strokes",
          "translation",
          "form",
          "start");

  private static final PlaygroundPage PAGE = new PlaygroundPage();

  private final byte[] html;
  private final String policy;
  private final String tag;

  private PlaygroundPage() {
    String style = read("playground.css");
    List<String> scripts = new ArrayList<>();
    SCRIPTS.forEach(name -> scripts.add(read("playground-" + name + ".js")));
    html =
        read("playground.html")
            .replace("/*style*/", style)
            .replace(
                "<!-- scripts -->",
                scripts.stream()
                    .map(script -> "<script>" + script + "</script>\n")
                    .collect(Collectors.joining()))
            .getBytes(UTF_8);
    policy =
        "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'; style-src "
            + source(style)
            + "; script-src "
            + scripts.stream().map(PlaygroundPage::source).collect(Collectors.joining(" "));
    tag = '"' + sha256(new String(html, UTF_8)).substring(0, 22) + '"';
  }

  /** Sends the page, or that the browser has it already. */
  static void send(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.ETAG, PAGE.tag);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    response.getHeaders().put("Content-Security-Policy", PAGE.policy);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put("Referrer-Policy", "no-referrer");
    if (request.getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH).stream()
        .anyMatch(known -> known.contains(PAGE.tag))) {
      response.setStatus(304);
      response.write(true, ByteBuffer.allocate(0), callback);
      return;
    }
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html; charset=utf-8");
    response.write(true, ByteBuffer.wrap(PAGE.html), callback);
  }

  private static String source(String text) {
    return "'sha256-" + sha256(text) + "'";
  }

  private static String sha256(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String read(String name) {
    try (InputStream in =
        Objects.requireNonNull(PlaygroundPage.class.getResourceAsStream(name), name)) {
      // with other line ends the hash would not be that of what a browser reads
      return new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the page's built-in " + name + " cannot be read", e);
    }
  }
}
