// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.junit.jupiter.api.Test;

class BenchmarkSentencesTest {
  /** As the peers in python-compat-tests/bench/translation_step.py have them. */
  @Test
  void everyStepHasSentencesOfOneLength() {
    ExperimentSpec spec = SpecFiles.read(Path.of("graphs/multi30k-ln-hyperlstm.json"), List.of());
    TranslationTask task = new TranslationTask(spec, BenchmarkSentences.of(spec));
    assertThat(task.stepsPerEpoch()).isEqualTo(4);
    for (int step = 0; step < 6; step++) {
      TranslationBatch batch = task.batch(step);
      assertThat(batch.sourceTime()).isEqualTo(16);
      assertThat(batch.targetTime()).isEqualTo(17);
      assertThat(batch.pieces()).isEqualTo(64 * (16 + 17));
      assertThat(Arrays.stream(batch.source()).min().getAsInt()).isBetween(4, 100);
      // 1,024 of 7,996 pieces: most are different
      assertThat(Arrays.stream(batch.source()).distinct().count()).isGreaterThan(900);
      assertThat(Arrays.stream(batch.source()).max().getAsInt()).isBetween(7900, 7999);
    }
    assertThat(task.batch(0).source()).isNotEqualTo(task.batch(1).source());
    assertThat(task.batch(0).source()).isNotEqualTo(Arrays.copyOf(task.batch(0).targets(), 1024));
  }
}
