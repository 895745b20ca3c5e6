// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import java.util.Locale;
import java.util.Map;

/**
 * How a metric of an evaluation is shown to people: in words, with its unit, as per cent where it
 * is a share.
 *
 * @param name as in {@code metrics.jsonl}: {@code error}, {@code bpc}
 * @param title in words
 * @param unit of the numbers that are shown; empty for none
 * @param factor from the metric to these numbers: 100 for a share
 * @param decimals digits after the point
 * @param higherIsBetter whether a larger value is the better one
 */
public record Metric(
    String name, String title, String unit, double factor, int decimals, boolean higherIsBetter) {
  private static final Map<String, Metric> KNOWN =
      Map.ofEntries(
          share("error", "error", false),
          share("accuracy", "accuracy", true),
          share("penError", "error of the pen's state", false),
          share("ece", "calibration error (ECE)", false),
          lower("loss", "loss", ""),
          lower("objective", "objective", ""),
          lower("bpc", "bits per character", ""),
          lower("nats", "negative log-likelihood", "nats"),
          lower("natsWithKl", "negative log-likelihood with KL", "nats"),
          lower("natsRaw", "negative log-likelihood in units of the file", "nats"),
          lower("nll", "negative log-likelihood", "nats"),
          lower("offset", "loss of the offsets", "nats"),
          lower("pen", "loss of the pen's state", "nats"),
          lower("perplexity", "perplexity", ""),
          lower("mse", "mean squared error", ""),
          lower("brier", "Brier score", ""),
          lower("tasksLeft", "tasks left", ""),
          lower("gradientNorm", "norm of the gradients", ""),
          lower("learningRate", "learning rate", ""),
          lower("stepMillis", "time of a step", "ms"),
          higher("bleu", "BLEU", ""),
          higher("psnr", "PSNR", "dB"),
          higher("hypervolume", "hypervolume", ""));

  private static Map.Entry<String, Metric> share(String name, String title, boolean higher) {
    return Map.entry(name, new Metric(name, title, "%", 100, 2, higher));
  }

  private static Map.Entry<String, Metric> lower(String name, String title, String unit) {
    return Map.entry(name, new Metric(name, title, unit, 1, 4, false));
  }

  private static Map.Entry<String, Metric> higher(String name, String title, String unit) {
    return Map.entry(name, new Metric(name, title, unit, 1, name.equals("bleu") ? 2 : 4, true));
  }

  /** The metric of a name; one that is not known is shown as it is, lower being better. */
  public static Metric of(String name) {
    Metric known = KNOWN.get(name);
    if (known != null) {
      return known;
    }
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      Metric own = of(name.substring(slash + 1));
      return new Metric(
          name,
          own.title + " of " + name.substring(0, slash),
          own.unit,
          own.factor,
          own.decimals,
          own.higherIsBetter);
    }
    String words = words(name);
    if (name.startsWith("accuracy")) {
      return new Metric(name, words, "%", 100, 2, true);
    }
    boolean share = name.endsWith("Error") || name.startsWith("error");
    return share
        ? new Metric(name, words, "%", 100, 2, false)
        : new Metric(name, words, "", 1, 4, false);
  }

  /** {@code firstLoss} as {@code first loss}, {@code accuracyTask3} as {@code accuracy task 3}. */
  private static String words(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])", " ")
        .toLowerCase(Locale.ROOT);
  }

  /** Title and unit, as an axis has them: {@code error, %}. */
  public String axis() {
    return unit.isEmpty() ? title : title + ", " + unit;
  }

  /** The number that is shown for a value. */
  public double shown(double value) {
    return factor * value;
  }

  /** The number that is shown and its unit: {@code 2.70 %}; {@code not finite} if it is not. */
  public String words(double value) {
    if (!Double.isFinite(value)) {
      return "not finite";
    }
    double number = shown(value);
    boolean small = number != 0 && Math.abs(number) < 0.5 * Math.pow(10, -decimals);
    String digits =
        small
            ? String.format(Locale.ROOT, "%.2e", number)
            : String.format(Locale.ROOT, "%,." + decimals + "f", number);
    return unit.isEmpty() ? digits : digits + " " + unit;
  }
}
