// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;

/**
 * Threads predict with a loaded language model, which is closed in the midst of it, again and
 * again. Arguments: the model, the seed, how many seconds.
 */
final class PredictingThreads {
  private static final int SYMBOLS = 65;
  private static final int INPUTS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int WARM_ROUNDS = 3;
  private static final long MOST_GROWTH_KIB = 64 << 10;

  private PredictingThreads() {}

  public static void main(String[] args) {
    ThreadTeam.main(
        thread -> soak(Path.of(args[0]), Long.parseLong(args[1]), Integer.parseInt(args[2])));
  }

  private static void soak(Path folder, long seed, int seconds) throws Exception {
    Random random = new Random(seed);
    float[][] expected = new float[INPUTS][];
    try (LoadedModel model = LoadedModel.open(folder)) {
      for (int i = 0; i < INPUTS; i++) {
        expected[i] = predict(model, i);
      }
    }
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    long warm = 0;
    for (int round = 0; System.nanoTime() < end; round++) {
      round(folder, expected, random);
      if (round == WARM_ROUNDS) {
        warm = Memory.residentKib(ProcessHandle.current().pid());
      }
    }
    long growth = Memory.residentKib(ProcessHandle.current().pid()) - warm;
    if (warm > 0 && growth > MOST_GROWTH_KIB) {
      throw new Wrong("grew from " + warm + " by " + growth + " KiB");
    }
  }

  /** Opens a model, predicts for a moment, closes it while all predict. */
  private static void round(Path folder, float[][] expected, Random random) throws Exception {
    LoadedModel model = LoadedModel.open(folder);
    AtomicLong calls = new AtomicLong();
    AtomicBoolean closed = new AtomicBoolean();
    ThreadTeam team =
        ThreadTeam.start(thread -> predictUntilRefused(model, expected, thread, calls, closed));
    TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1000));
    Thread closing = new Thread(model::close, "closing");
    closing.setDaemon(true);
    closing.start();
    closing.join(PATIENCE.toMillis());
    if (closing.isAlive()) {
      throw new Wrong("close() has not returned after " + PATIENCE.toSeconds() + " s");
    }
    closed.set(true);
    team.join(PATIENCE);
    if (calls.get() == 0) {
      throw new Wrong("no call was answered");
    }
  }

  private static void predictUntilRefused(
      LoadedModel model, float[][] expected, int thread, AtomicLong calls, AtomicBoolean closed)
      throws Wrong {
    for (int i = thread; ; i++) {
      boolean late = closed.get();
      float[] answer;
      try {
        answer = predict(model, i % INPUTS);
      } catch (IllegalStateException | UserError e) {
        return; // the model is closing
      }
      if (late) {
        throw new Wrong("a call was answered after close() had returned");
      }
      if (!Arrays.equals(answer, expected[i % INPUTS])) {
        throw new Wrong("another answer than that of one thread alone");
      }
      calls.incrementAndGet();
    }
  }

  private static float[] predict(LoadedModel model, int input) {
    int[] ids = new int[5];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (input * 7 + i * 3) % SYMBOLS;
    }
    Map<String, NpyArray> answer =
        model.call("serving_default", Map.of("ids", NpyArray.of(ids, 1, ids.length)));
    return Objects.requireNonNull(answer.get("logits")).floats();
  }
}
