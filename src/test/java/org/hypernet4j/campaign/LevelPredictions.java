// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.Predictor;
import org.jspecify.annotations.Nullable;

/**
 * A predictor answers a million calls, and its memory is watched. Its program's arguments: the
 * model, how many calls.
 */
final class LevelPredictions implements FaultKind {
  private static final int CALLS = 1_000_000;
  private static final int REPORTS = 10;
  private static final long MOST_GROWTH_KIB = 64 << 10;
  private static final Duration LIMIT = Duration.ofHours(2);

  @Override
  public String name() {
    return "level-predictions";
  }

  @Override
  public String right() {
    return "the process grows by less than 64 MiB from call 100,000 to call 1,000,000";
  }

  @Override
  public @Nullable String obstacle() {
    return Files.exists(Path.of("/proc/self/status"))
        ? null
        : "the memory is read from Linux's /proc";
  }

  @Override
  public int attempts() {
    return 1;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    ChildCommand.program(LevelPredictions.class, attempt.materials().model(false), CALLS)
        .start(attempt.folder().resolve("calls"))
        .await(LIMIT)
        .require(0);
  }

  /** Prints the memory after each tenth of the calls; ends with 1 if it grows. */
  public static void main(String[] args) throws Exception {
    int calls = Integer.parseInt(args[1]);
    long first = 0;
    try (Predictor model = Predictor.open(Path.of(args[0]))) {
      Map<String, NpyArray> inputs = zeros(model);
      long last = 0;
      for (int call = 1; call <= calls; call++) {
        model.predict(inputs);
        if (call % (calls / REPORTS) == 0) {
          last = Memory.residentKib(ProcessHandle.current().pid());
          first = first == 0 ? last : first;
          System.out.println("call " + call + ": " + last + " KiB");
        }
      }
      if (last - first > MOST_GROWTH_KIB) {
        System.err.println("grew from " + first + " by " + (last - first) + " KiB");
        System.exit(1);
      }
    }
  }

  /** One row of zeros for each input, whose elements are float32. */
  private static Map<String, NpyArray> zeros(Predictor model) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    Objects.requireNonNull(model.description().signatures().get(ServingSignature.DEFAULT_KEY))
        .inputs()
        .forEach(
            (name, tensor) -> {
              long[] shape =
                  Arrays.stream(Objects.requireNonNull(tensor.shape()))
                      .map(size -> Math.max(1, size))
                      .toArray();
              int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
              inputs.put(name, NpyArray.of(new float[count], shape));
            });
    return inputs;
  }
}
