// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.tensorflow.proto.DataType;

/**
 * Not a test: how many calls of one row a model answers in a second, called directly by several
 * threads and through a {@link MicroBatcher}. The two take turns, so that both see the same
 * machine:
 *
 * <pre>
 * mvn -q -Pbatching-benchmark process-test-classes -Dbatching="export/models/mnist-hyper/1 8 2 5"
 * </pre>
 *
 * <p>Arguments: folder, threads, seconds of a turn, turns; then longest wait in microseconds and
 * threads of the batcher, if others than the defaults.
 */
final class BatchingBenchmark {
  private static final int LENGTH = 16;

  private final int threads;
  private final long nanos;

  private BatchingBenchmark(int threads, double seconds) {
    this.threads = threads;
    nanos = (long) (seconds * 1e9);
  }

  /** Latencies of all calls of a turn in nanoseconds, ascending, and what it took. */
  private record Turn(List<Long> latencies, double seconds) {
    double rate() {
      return latencies.size() / seconds;
    }

    double millis(double quantile) {
      return latencies.get((int) (quantile * (latencies.size() - 1))) / 1e6;
    }
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    BatchingBenchmark benchmark =
        new BatchingBenchmark(Integer.parseInt(args[1]), Double.parseDouble(args[2]));
    MicroBatcher.Settings defaults = MicroBatcher.Settings.DEFAULT;
    MicroBatcher.Settings settings =
        args.length < 6
            ? defaults
            : new MicroBatcher.Settings(
                defaults.maxBatch(),
                Duration.ofNanos(1000L * Long.parseLong(args[4])),
                defaults.maxQueued(),
                Integer.parseInt(args[5]));
    List<Double> ratios = new ArrayList<>();
    try (Predictor direct = Predictor.open(folder);
        MicroBatcher batched = MicroBatcher.of(Predictor.open(folder), settings)) {
      Map<String, NpyArray> inputs = inputs(direct);
      benchmark.run(direct, inputs);
      benchmark.run(batched, inputs);
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        Turn alone = benchmark.run(direct, inputs);
        Turn together = benchmark.run(batched, inputs);
        ratios.add(together.rate() / alone.rate());
        print("direct ", alone);
        print("batched", together);
      }
    }
    ratios.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%d threads: batched / direct = %.2f (median of %d turns, %.2f to %.2f)%n",
        benchmark.threads,
        ratios.get(ratios.size() / 2),
        ratios.size(),
        ratios.get(0),
        ratios.get(ratios.size() - 1));
  }

  private static void print(String what, Turn turn) {
    System.out.printf(
        Locale.ROOT,
        "%s %8.0f calls/s, median %6.2f ms, 99 %% within %6.2f ms%n",
        what,
        turn.rate(),
        turn.millis(0.5),
        turn.millis(0.99));
  }

  private Turn run(Servable servable, Map<String, NpyArray> inputs) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    List<Future<long[]>> turns = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      turns.add(
          callers.submit(
              () -> {
                long[] latencies = new long[1024];
                int count = 0;
                for (long now = System.nanoTime(); now - start < nanos; ) {
                  servable.predict(inputs);
                  long end = System.nanoTime();
                  if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, 2 * count);
                  }
                  latencies[count++] = end - now;
                  now = end;
                }
                return Arrays.copyOf(latencies, count);
              }));
    }
    List<long[]> parts = new ArrayList<>();
    for (Future<long[]> turn : turns) {
      parts.add(turn.get());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    callers.shutdown();
    return new Turn(
        parts.stream().flatMapToLong(Arrays::stream).sorted().boxed().toList(), seconds);
  }

  /** One row of numbers from 0 to 1 for each input; axes of open length have 16. */
  private static Map<String, NpyArray> inputs(Servable servable) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    Objects.requireNonNull(servable.description().signatures().get("serving_default"))
        .inputs()
        .forEach((name, input) -> inputs.put(name, row(input, random)));
    return inputs;
  }

  private static NpyArray row(TensorDescription input, SplittableRandom random) {
    long[] shape = Objects.requireNonNull(input.shape());
    int size = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = i == 0 ? 1 : shape[i] < 0 ? LENGTH : shape[i];
      size *= (int) shape[i];
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble();
    }
    if (input.type() == DataType.DT_FLOAT) {
      return NpyArray.of(values, shape);
    }
    NpyType type = Objects.requireNonNull(TensorArrays.typeOf(input.type()));
    return switch (type) {
      case I4 -> NpyArray.of(new int[size], shape);
      case I8 -> NpyArray.of(new long[size], shape);
      default -> throw new IllegalArgumentException(type.numpyName());
    };
  }
}
