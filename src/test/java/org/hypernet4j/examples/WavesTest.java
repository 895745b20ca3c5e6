// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.train.Examples;
import org.hypernet4j.train.Learner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavesTest {
  private static final int TIME = 12;

  @TempDir Path folder;

  /** Sines of any phase and of periods of 6 to 20 steps: 12 values and the next one. */
  private Path csv() throws IOException {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder("x1");
    for (int i = 2; i <= TIME; i++) {
      text.append(",x").append(i);
    }
    text.append(",next\n");
    for (int i = 0; i < 400; i++) {
      double phase = 2 * Math.PI * random.nextDouble();
      double speed = 2 * Math.PI / (6 + 14 * random.nextDouble());
      for (int t = 0; t <= TIME; t++) {
        text.append(t == 0 ? "" : ",")
            .append(String.format(Locale.ROOT, "%.5f", Math.sin(phase + speed * t)));
      }
      text.append('\n');
    }
    return Files.writeString(folder.resolve("waves.csv"), text);
  }

  @Test
  void learnsGoesOnAndIsServed() throws IOException {
    Path csv = csv();
    Path run = folder.resolve("runs/waves");
    NpyArray served = Waves.example(csv, run, folder.resolve("models/waves"));
    Examples.Split data = Examples.readCsv(csv, 1).split(0.8, 1L);

    // a guess of 0 has the mean square of a sine, 1/2
    assertThat(meanSquare(served, data.validation())).isLessThan(0.02);

    try (Learner whole = Waves.open(data, folder.resolve("runs/whole"));
        Learner resumed = Waves.open(data, run)) {
      assertThat(whole.fit(120).stepsNow()).isEqualTo(120);
      assertThat(resumed.values().keySet())
          .isEqualTo(whole.values().keySet())
          .hasSizeGreaterThan(9);
      whole
          .values()
          .forEach((name, w) -> assertThat(resumed.values().get(name)).as(name).isEqualTo(w));
      resumed.useBest();
      assertThat(served.floats()).isEqualTo(resumed.predict(data.validation().inputs()).floats());
    }
  }

  private static double meanSquare(NpyArray predicted, Examples examples) {
    float[] ys = predicted.floats();
    float[] targets = examples.targets().floats();
    double sum = 0;
    for (int i = 0; i < targets.length; i++) {
      sum += Math.pow(ys[i] - targets[i], 2);
    }
    return sum / targets.length;
  }
}
