// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.export.LibraryVersion;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.measure.Metric;
import org.hypernet4j.run.RunRecord;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/**
 * The page of a {@link RunReport}: one HTML file without a script and without anything from
 * elsewhere, for light and dark screens, phones and paper.
 */
public final class ReportPage {
  /** The largest picture that goes into a page. */
  private static final long MOST_BYTES = 8 << 20;

  private static final String UNKNOWN = "not recorded";

  private final RunReport report;
  private final ExperimentSpec spec;
  private final Html html = new Html();

  private ReportPage(RunReport report) {
    this.report = report;
    this.spec = report.spec();
  }

  /**
   * The page.
   *
   * @throws UserError if a picture or the metrics of the run cannot be read
   */
  public static String of(RunReport report) {
    return new ReportPage(report).page();
  }

  private String page() {
    html.raw(ReportStyle.begin(spec.name()));
    head();
    results();
    curves();
    pictures();
    parameters();
    training();
    use();
    origin();
    html.raw("<footer>")
        .small("Written by Hypernet4J " + LibraryVersion.current())
        .raw("</footer>\n</main>\n</body>\n</html>\n");
    return html.toString();
  }

  private void head() {
    html.raw("<h1>" + Html.escape(spec.name()) + "</h1>\n");
    if (spec.description() != null) {
      html.paragraph(spec.description());
    }
    RunRecord record = report.record();
    html.paragraph(
        "%s, trained on %s: %,d training steps led to the parameters that are reported here."
            .formatted(
                sentence(spec.model().kind()),
                record == null ? DataWords.of(spec) : DataWords.of(spec) + ", " + record.data(),
                report.bestStep()));
    ParameterTable table = ParameterTable.of(spec);
    html.raw("<dl class=\"facts\">\n");
    for (Metric metric : report.metrics().stream().limit(2).toList()) {
      double test = report.test(metric.name());
      boolean tested = Double.isFinite(test);
      Double value = tested ? Double.valueOf(test) : report.validation().get(metric.name());
      if (value != null) {
        fact((tested ? "test " : "validation ") + metric.title(), metric.words(value));
      }
    }
    fact("parameters", "%,d".formatted(table.total()));
    if (table.generator() > 0) {
      fact("of them in generators", "%,d".formatted(table.generator()));
    }
    if (record != null && Double.isFinite(record.seconds())) {
      fact("training", duration(record.seconds()));
    }
    html.raw("</dl>\n");
  }

  private void fact(String name, String value) {
    html.raw("<div><dt>" + Html.escape(name) + "</dt><dd>" + Html.escape(value) + "</dd></div>\n");
  }

  private static String sentence(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 120
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : whole < 7200
            ? "%d min %d s".formatted(whole / 60, whole % 60)
            : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
  }

  private void results() {
    html.heading("results", "Results");
    List<List<String>> rows = new ArrayList<>();
    for (Metric metric : report.metrics()) {
      Double validation = report.validation().get(metric.name());
      double test = report.test(metric.name());
      rows.add(
          List.of(
              metric.title(),
              validation == null ? "-" : metric.words(validation),
              Double.isFinite(test) ? metric.words(test) : "-"));
    }
    html.table(List.of("metric", "validation", "test"), rows, false);
    RunRecord record = report.record();
    if (record == null) {
      html.small(
          "The run has no results of test data: its training was stopped, went on since, or was"
              + " done by a build that did not keep them. '-' is not measured.");
    } else {
      record.words().forEach(html::small);
    }
    report.paper().ifPresent(this::paper);
  }

  private void paper(PaperResult paper) {
    Metric metric = Metric.of(paper.metric());
    boolean validation = paper.split().equals("validation");
    double own =
        validation
            ? report.validation().getOrDefault(paper.metric(), Double.NaN)
            : report.test(paper.metric());
    RunRecord record = report.record();
    html.raw("<h3>Beside the paper</h3>\n");
    html.table(
        List.of("", "this run", "paper"),
        List.of(
            List.of(
                paper.split() + " " + metric.title(),
                Double.isFinite(own) ? metric.words(own) : "not measured",
                metric.words(paper.value())),
            List.of("model", spec.model().kind(), paper.model()),
            List.of(
                "parameters", "%,d".formatted(ParameterTable.of(spec).total()), paper.parameters()),
            List.of(
                "training",
                (record == null ? DataWords.of(spec) : record.data())
                    + ", batch %,d, best at step %,d"
                        .formatted(spec.training().batchSize(), report.bestStep()),
                paper.terms())),
        true);
    html.small(
        paper.source()
            + ". The figures are on equal terms only where model, data and length agree"
            + (paper.remark().isEmpty() ? "." : "; " + paper.remark() + "."));
  }

  private void curves() {
    List<String> charts = ReportCurves.of(report);
    if (charts.isEmpty()) {
      return;
    }
    html.heading("curves", "How the training went").raw("<div class=\"charts\">\n");
    charts.forEach(chart -> html.raw("<figure>\n" + chart + "</figure>\n"));
    html.raw("</div>\n");
  }

  private void pictures() {
    if (report.pictures().isEmpty() && report.notes().isEmpty()) {
      return;
    }
    html.heading("pictures", "What the model does");
    html.raw("<div class=\"pictures\">\n");
    for (Path file : report.pictures()) {
      String caption = caption(file);
      html.raw("<figure class=\"picture\"><div class=\"wide\"><img alt=\"")
          .raw(Html.escape(caption))
          .raw("\" src=\"")
          .raw(embedded(file))
          .raw("\"></div><figcaption>" + Html.escape(caption) + "</figcaption></figure>\n");
    }
    html.raw("</div>\n");
    if (!report.notes().isEmpty()) {
      html.raw("<ul class=\"small\">\n");
      report.notes().forEach(note -> html.raw("<li>" + Html.escape(note) + "</li>\n"));
      html.raw("</ul>\n");
    }
  }

  /** {@code drawings-animated.svg} as {@code drawings animated}; a layer has kernels. */
  private String caption(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
    String words = name.replaceAll("[-_]+", " ");
    return ParameterTable.plain(spec).groups().containsKey(name) ? "kernels of " + words : words;
  }

  private static String embedded(Path file) {
    boolean vector = file.toString().endsWith(".svg");
    try {
      byte[] bytes = RegularFiles.readAllBytes(file, MOST_BYTES);
      return "data:image/%s;base64,%s"
          .formatted(vector ? "svg+xml" : "png", Base64.getEncoder().encodeToString(bytes));
    } catch (IOException e) {
      throw UserError.in(file)
          .what("the picture cannot be read")
          .received(e.toString())
          .cause(e)
          .build();
    }
  }

  private void parameters() {
    html.heading("parameters", "Parameters");
    ParameterTable own = ParameterTable.of(spec);
    ParameterTable plain = ParameterTable.plain(spec);
    boolean both = own.total() != plain.total();
    TreeSet<String> names = new TreeSet<>(own.groups().keySet());
    names.addAll(both ? plain.groups().keySet() : List.of());
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      rows.add(
          row(
              name,
              own.groups().getOrDefault(name, 0L),
              plain.groups().getOrDefault(name, 0L),
              both));
    }
    rows.add(row("total", own.total(), plain.total(), both));
    rows.add(row("trainable", own.trainable(), plain.trainable(), both));
    if (own.frozen() > 0) {
      rows.add(row("frozen", own.frozen(), plain.frozen(), both));
    }
    html.table(
        both ? List.of("part", "this model", "plain") : List.of("part", "this model"), rows, false);
    if (both) {
      html.small(
          "The plain model has every generated weight as a parameter of its own: %,d parameters of"
                  .formatted(own.generator())
              + " generators replace %,d.".formatted(own.replacedIn(plain)));
    }
  }

  private static List<String> row(String name, long own, long plain, boolean both) {
    return both
        ? List.of(name, "%,d".formatted(own), "%,d".formatted(plain))
        : List.of(name, "%,d".formatted(own));
  }

  private void training() {
    html.heading("training", "How it was trained");
    JsonObject tree = SpecWriter.toTree(spec);
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, JsonElement> setting : tree.getAsJsonObject("training").entrySet()) {
      if (!shown(setting.getValue()).matches("null|\\[]|patience 0")) {
        rows.add(List.of(setting.getKey(), shown(setting.getValue())));
      }
    }
    html.table(List.of(), rows, true);
    html.raw("<details><summary>The whole specification</summary>\n")
        .code(new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(tree))
        .raw("</details>\n");
  }

  /** A setting without the signs of JSON: {@code type adam, beta1 0.9}. */
  private static String shown(JsonElement value) {
    return value.isJsonPrimitive()
        ? value.getAsString()
        : value.toString().replaceAll("[\"{}]", "").replace(":", " ").replace(",", ", ");
  }

  private void use() {
    html.heading("use", "How to use it");
    html.paragraph("In the checkout of Hypernet4J in which it was trained:");
    html.code(String.join("\n", report.commands()));
    html.small(
        "The export is a SavedModel that Java, Python and TensorFlow Serving read, verified in a"
            + " fresh JVM; its README.md and MODEL_CARD.md say how.");
  }

  private void origin() {
    html.heading("origin", "Where it comes from");
    List<List<String>> rows = new ArrayList<>();
    RunRecord record = report.record();
    if (record == null) {
      rows.add(List.of("environment", UNKNOWN));
    } else {
      record.environment().forEach((name, value) -> rows.add(List.of(name, value)));
      rows.add(List.of("steps trained", "%,d".formatted(record.steps())));
    }
    rows.add(List.of("data", DataWords.of(spec)));
    rows.add(List.of("data fingerprint", known(report.provenance().dataFingerprint())));
    rows.add(List.of("seed", known(report.provenance().seed())));
    rows.add(List.of("best step", "%,d".formatted(report.bestStep())));
    JsonObject imported = report.provenance().imported();
    rows.add(List.of("first weights", imported == null ? "drawn by the seed" : shown(imported)));
    html.table(List.of(), rows, true);
  }

  private static String known(@Nullable Object value) {
    return value == null ? UNKNOWN : value.toString();
  }
}
