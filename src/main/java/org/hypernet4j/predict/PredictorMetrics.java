// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Measurements of served models for Micrometer, which the program must have on its class path.
 *
 * <pre>{@code
 * PredictorMetrics metrics = new PredictorMetrics(registry);
 * Servable digits = metrics.measure(Predictor.open(folder));
 * ServedModels models = ServedModels.open(base, ServingSettings.DEFAULT.withListener(metrics));
 * }</pre>
 *
 * <p>Meters, with the tag {@code model}:
 *
 * <ul>
 *   <li>{@code hypernet4j.predictions}, a timer, with {@code signature} and {@code outcome}: {@code
 *       ok}, {@code bad_input}, {@code overloaded}, {@code error}
 *   <li>{@code hypernet4j.batch.rows} and {@code hypernet4j.batch.calls}, summaries, with {@code
 *       signature}: what ran together
 *   <li>{@code hypernet4j.queue.rows}, a gauge: rows that wait to be put together
 *   <li>{@code hypernet4j.model.version}, a gauge: the newest version that takes calls
 *   <li>{@code hypernet4j.model.loads}, a timer, with {@code outcome}: {@code loaded}, {@code
 *       refused}
 * </ul>
 *
 * <p>Calls of signatures that a model does not have are counted under {@code unknown}.
 */
public final class PredictorMetrics implements ServingListener {
  private static final String MODEL = "model";
  private static final String SIGNATURE = "signature";
  private static final String OUTCOME = "outcome";

  private final MeterRegistry registry;
  private final Map<CallKey, Timer> calls = new ConcurrentHashMap<>();
  private final Map<BatchKey, Batches> batches = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> queued = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> versions = new ConcurrentHashMap<>();

  private record CallKey(String model, String signature, Outcome outcome) {}

  private record BatchKey(String model, String signature) {}

  private record Batches(DistributionSummary rows, DistributionSummary calls) {}

  /** Puts its meters into a registry. */
  public PredictorMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Measures the calls of a servable, which is closed with the one returned. */
  public Servable measure(Servable servable) {
    return new MeasuredServable(servable, this);
  }

  @Override
  public void called(ModelDescription model, String signature, Outcome outcome, long nanos) {
    // a client can ask for any name, and each would be a meter
    String known = model.signatures().containsKey(signature) ? signature : "unknown";
    calls
        .computeIfAbsent(new CallKey(model.name(), known, outcome), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(CallKey key) {
    return Timer.builder("hypernet4j.predictions")
        .description("Calls of models, waiting included")
        .tag(MODEL, key.model())
        .tag(SIGNATURE, key.signature())
        .tag(OUTCOME, key.outcome().name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  @Override
  public void batched(ModelDescription model, String signature, int joined, int rows) {
    Batches summaries =
        batches.computeIfAbsent(
            new BatchKey(model.name(), signature),
            key ->
                new Batches(
                    summary(key, "rows", "Rows that ran together"),
                    summary(key, "calls", "Calls that ran together")));
    summaries.rows().record(rows);
    summaries.calls().record(joined);
  }

  private DistributionSummary summary(BatchKey key, String unit, String description) {
    return DistributionSummary.builder("hypernet4j.batch." + unit)
        .description(description)
        .tag(MODEL, key.model())
        .tag(SIGNATURE, key.signature())
        .register(registry);
  }

  @Override
  public void queued(ModelDescription model, int change) {
    queued.computeIfAbsent(model.name(), gauge("hypernet4j.queue.rows")).addAndGet(change);
  }

  @Override
  public void serving(String model, long version) {
    versions.computeIfAbsent(model, gauge("hypernet4j.model.version")).set(version);
  }

  private Function<String, AtomicLong> gauge(String name) {
    return model -> {
      AtomicLong value = new AtomicLong();
      Gauge.builder(name, value, AtomicLong::doubleValue)
          .tag(MODEL, model)
          .strongReference(true)
          .register(registry);
      return value;
    };
  }

  @Override
  public void loaded(String model, long version, boolean accepted, long nanos) {
    Timer.builder("hypernet4j.model.loads")
        .description("Versions verified, loaded and warmed up")
        .tag(MODEL, model)
        .tag(OUTCOME, accepted ? "loaded" : "refused")
        .register(registry)
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
