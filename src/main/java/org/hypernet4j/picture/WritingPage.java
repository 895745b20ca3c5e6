// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.pen.PenDrawing;

/**
 * Writes a {@link Writing} as one HTML page that plays it: the pen draws while the strips fill. The
 * page loads nothing else and forbids itself to. Without script it shows the whole drawing and the
 * whole strips.
 *
 * <p>Its {@code html} element has {@code data-state} ({@code playing}, {@code paused}, {@code
 * ended}) and {@code data-point}, the number of points shown. {@code page.html#point=12} opens it
 * there.
 */
public final class WritingPage {
  private static final String STYLE = read("writing.css");
  private static final String SCRIPT = read("writing.js");

  /** A page that plays in this many seconds, unless that would be too slow or too fast. */
  private static final double SECONDS = 8;

  private static final double SLOWEST = 12;
  private static final double FASTEST = 60;

  /** Pixels to which a line of handwriting shrinks on a small screen. */
  private static final int LEAST_HEIGHT = 110;

  private WritingPage() {}

  /**
   * Writes the page.
   *
   * @param style whether the pen starts down, and whether strokes have colours; the page decides
   *     its size
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, Writing writing, DrawingStyle style) {
    AtomicFiles.writeString(file, html(writing, style));
  }

  static String html(Writing writing, DrawingStyle style) {
    DrawingFrame frame = DrawingFrame.of(writing.drawing(), style.withSize(1000));
    StripColumns columns = StripColumns.of(writing.drawing(), writing.axis(), frame);
    // a line of handwriting is wider than a phone: it scrolls and follows the pen
    boolean wide = columns.place() && frame.width() > 3 * frame.height();
    String css =
        STYLE
            + colours()
            + (wide ? widest(LEAST_HEIGHT * frame.width() / frame.height()) : "")
            + (style.byStroke() ? PenSvg.css(true) : "");
    String title = Markup.escape(writing.title());
    StringBuilder out = new StringBuilder(1 << 16);
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("img-src data:; base-uri 'none'; form-action 'none'; ")
        .append("script-src 'sha256-%s'; ".formatted(sha256(SCRIPT)))
        .append("style-src 'sha256-%s'\">\n".formatted(sha256(css)))
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .append("<link rel=\"icon\" href=\"data:,\">\n<title>")
        .append(title)
        .append("</title>\n<style>")
        .append(css)
        .append("</style>\n</head>\n<body>\n<main>\n<h1>")
        .append(title)
        .append("</h1>\n");
    player(out, writing, style, frame, columns, wide);
    controls(out, writing.drawing().points());
    out.append("<section class=\"notes\" aria-label=\"Explanation\">\n");
    writing
        .notes()
        .forEach(note -> out.append("<p>").append(Markup.escape(note)).append("</p>\n"));
    StripPage.legend(out, writing.strips());
    out.append("</section>\n</main>\n<script type=\"application/json\" id=\"data\">")
        .append(data(writing, frame, columns))
        .append("</script>\n<script>")
        .append(SCRIPT)
        .append("</script>\n</body>\n</html>\n");
    return out.toString();
  }

  private static void player(
      StringBuilder out,
      Writing writing,
      DrawingStyle style,
      DrawingFrame frame,
      StripColumns columns,
      boolean wide) {
    out.append("<figure id=\"player\" class=\"%s\">\n".formatted(columns.place() ? "place" : "time"))
        .append("<div id=\"view\"%s>\n".formatted(wide ? " class=\"wide\" tabindex=\"0\"" : ""))
        .append("<svg id=\"ink\" role=\"img\" aria-label=\"")
        .append(DrawingSvg.describe(writing.drawing()))
        .append("\" viewBox=\"0 0 %d %d\">\n".formatted(frame.width(), frame.height()));
    PenSvg.strokes(out, frame.fit(), frame.line(), style.byStroke());
    out.append("</svg>\n<div id=\"strips\">\n");
    if (!columns.place()) {
      StripBands.strokes(out, writing.drawing(), columns);
    }
    for (TextStrips.Strip strip : writing.strips()) {
      StripBands.band(out, strip, writing.drawing(), columns);
    }
    out.append("</div>\n</div>\n</figure>\n");
  }

  private static void controls(StringBuilder out, int points) {
    out.append(
        """
        <div id="controls" role="group" aria-label="Player" hidden>
        <button type="button" id="play"><svg viewBox="0 0 16 16" aria-hidden="true"><path class="go" d="M4 2v12l10-6z"/>\
        <path class="wait" d="M3 2h4v12h-4zM9 2h4v12h-4z"/></svg><span id="act">Play</span></button>
        <input type="range" id="scrub" aria-label="Point" min="0" max="%d" step="1" value="%1$d">
        <label>Speed <select id="speed">
        <option value="0.25">&#188; &#215;</option><option value="0.5">&#189; &#215;</option>\
        <option value="1" selected>1 &#215;</option><option value="2">2 &#215;</option>\
        <option value="4">4 &#215;</option>
        </select></label>
        <output id="where"></output>
        </div>
        """
            .formatted(points));
  }

  /** Numbers only, so that nothing in it can end the element. */
  private static String data(Writing writing, DrawingFrame frame, StripColumns columns) {
    PenPath path = frame.fit().path();
    double rate = Math.max(SLOWEST, Math.min(FASTEST, writing.drawing().points() / SECONDS));
    return "{\"rate\":%s,\"columns\":%d,\"place\":%b,\n"
            .formatted(number(rate), columns.count(), columns.place())
        + "\"x\":"
        + IntStream.range(0, path.x.length)
            .mapToObj(v -> Markup.length(frame.fit().x(v)))
            .collect(Collectors.joining(",", "[", "],\n\"y\":"))
        + IntStream.range(0, path.y.length)
            .mapToObj(v -> Markup.length(frame.fit().y(v)))
            .collect(Collectors.joining(",", "[", "],\n\"strokes\":"))
        + path.strokes.stream()
            .map(stroke -> "[" + stroke.first() + "," + stroke.last() + "]")
            .collect(Collectors.joining(",", "[", "],\n\"from\":"))
        + IntStream.of(columns.from())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "[", "],\n\"to\":"))
        + IntStream.of(columns.to())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "[", "],\n\"strips\":["))
        + writing.strips().stream()
            .map(WritingPage::strip)
            .collect(Collectors.joining(",\n"))
        + "]}";
  }

  private static String strip(TextStrips.Strip strip) {
    return IntStream.range(0, strip.values().length)
        .mapToObj(i -> number(strip.values()[i]))
        .collect(Collectors.joining(",", "{\"full\":" + number(strip.full()) + ",\"values\":[", "]}"));
  }

  /** JSON has no NaN. */
  private static String number(double value) {
    return Double.isFinite(value) && Float.isFinite((float) value)
        ? Float.toString((float) value)
        : "null";
  }

  private static String colours() {
    StringBuilder light = new StringBuilder();
    StringBuilder dark = new StringBuilder("@media (prefers-color-scheme: dark) {\n");
    for (TextStrips.Colour colour : TextStrips.Colour.values()) {
      String name = colour.name().toLowerCase(Locale.ROOT);
      light.append(".%s { --strip: #%06x; }\n".formatted(name, colour.onWhite));
      dark.append(".%s { --strip: #%06x; }\n".formatted(name, colour.onBlack));
    }
    return light.append(dark).append("}\n").toString();
  }

  private static String widest(int pixels) {
    return ".wide #ink, .wide #strips { min-width: %dpx; }\n".formatted(pixels);
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String read(String name) {
    try (InputStream in =
        Objects.requireNonNull(WritingPage.class.getResourceAsStream(name), name)) {
      // with other line ends the hash in the page would not be that of what a browser reads
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the page's built-in " + name + " cannot be read", e);
    }
  }
}
