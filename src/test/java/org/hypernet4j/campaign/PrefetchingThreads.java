// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.hypernet4j.train.Prefetcher;

/**
 * Threads read ahead with prefetchers of their own, and close them at any moment, also from another
 * thread while they wait. Arguments: the seed, how many prefetchers a thread.
 */
final class PrefetchingThreads {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private PrefetchingThreads() {}

  public static void main(String[] args) {
    ThreadTeam.main(
        unused -> {
          long seed = Long.parseLong(args[0]);
          int count = Integer.parseInt(args[1]);
          ThreadTeam.start(
                  thread -> {
                    Random random = new Random(seed + thread);
                    for (int i = 0; i < count; i++) {
                      read(random);
                    }
                  })
              .join(LIMIT);
        });
  }

  private static void read(Random random) throws Exception {
    long first = random.nextInt(1000);
    int pause = random.nextInt(100_000);
    try (Prefetcher<Long> ahead =
        new Prefetcher<>(
            "ahead",
            first,
            1 + random.nextInt(5),
            step -> {
              LockSupport.parkNanos(pause);
              return step;
            })) {
      for (long i = first; i < first + random.nextInt(40); i++) {
        long item = ahead.next();
        if (item != i) {
          throw new Wrong("item " + item + " where " + i + " is due");
        }
      }
      if (random.nextBoolean()) {
        closeWhileOneWaits(ahead);
      }
    }
  }

  private static void closeWhileOneWaits(Prefetcher<Long> ahead) throws Exception {
    Thread reader =
        new Thread(
            () -> {
              try {
                while (true) {
                  ahead.next();
                }
              } catch (IllegalStateException e) {
                // closed, as it must be
              }
            });
    reader.setDaemon(true);
    reader.start();
    ahead.close();
    reader.join(LIMIT.toMillis());
    if (reader.isAlive()) {
      throw new Wrong("next() waits for ever beside close()");
    }
  }
}
