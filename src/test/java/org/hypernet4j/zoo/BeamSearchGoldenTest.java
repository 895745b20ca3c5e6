// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Beams that a NumPy program found in double arithmetic, in the folder beside the project. */
class BeamSearchGoldenTest {
  private static final Path FILE =
      Path.of("..", "shared", "reference", "golden", "attn_beam_open.json");

  private static Golden golden;

  /** The file, as far as it is read. */
  private record Golden(
      Ids ids,
      int max_steps,
      List<Integer> source_lengths,
      List<List<List<Float>>> logits,
      List<List<List<Float>>> attention,
      List<Case> cases,
      Map<String, List<List<Best>>> exhaustive_best3) {
    BeamSettings settings(int beams, float alpha, float beta) {
      return new BeamSettings(beams, alpha, beta, ids.sos, ids.eos, ids.pad);
    }

    TableDecoder table() {
      return new TableDecoder(
          source_lengths.size(),
          1,
          logits.get(0).size(),
          attention.get(0).get(0).size(),
          flat(logits),
          flat(attention));
    }

    private static float[] flat(List<List<List<Float>>> table) {
      List<Float> all = table.stream().flatMap(List::stream).flatMap(List::stream).toList();
      float[] values = new float[all.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = all.get(i);
      }
      return values;
    }
  }

  private record Ids(int pad, int sos, int eos) {}

  private record Case(int beam_width, float alpha, float beta, List<Sentence> results) {}

  private record Sentence(
      List<List<Integer>> ids,
      List<Integer> lengths,
      List<Boolean> finished,
      List<Double> log_probs,
      List<Double> scores,
      List<List<Double>> coverage) {}

  private record Best(double score, List<Integer> ids) {}

  @BeforeAll
  static void read() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(FILE), () -> "golden beams not here: " + FILE.toAbsolutePath().normalize());
    golden = new Gson().fromJson(Files.readString(FILE), Golden.class);
    assertThat(golden.source_lengths).containsExactly(4, 3);
    assertThat(golden.cases).hasSize(6);
  }

  @TestFactory
  List<DynamicTest> findsTheGoldenBeams() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Case each : golden.cases) {
      String name = each.beam_width + " beams, alpha " + each.alpha + ", beta " + each.beta;
      tests.add(DynamicTest.dynamicTest(name, () -> assertFound(each)));
    }
    return tests;
  }

  private static void assertFound(Case golden) {
    BeamSettings settings =
        BeamSearchGoldenTest.golden.settings(golden.beam_width, golden.alpha, golden.beta);
    try (BeamRun run =
        new BeamRun(
            BeamSearchGoldenTest.golden.table(), settings, BeamSearchGoldenTest.golden.max_steps)) {
      List<BeamRun.Found> found = run.run(0, 1);
      for (int b = 0; b < 2; b++) {
        Sentence expected = golden.results.get(b);
        for (int k = 0; k < golden.beam_width; k++) {
          int length = expected.lengths.get(k);
          List<Integer> ids = found.get(b).ids().get(k);
          assertThat(ids).isEqualTo(expected.ids.get(k).subList(0, length));
          assertThat(ids.get(length - 1) == settings.end()).isEqualTo(expected.finished.get(k));
          assertClose(found.get(b).logProbs().get(k), expected.log_probs.get(k));
          assertClose(found.get(b).scores().get(k), expected.scores.get(k));
          for (int s = 0; s < expected.coverage.get(k).size(); s++) {
            assertClose(found.get(b).coverage().get(k).get(s), expected.coverage.get(k).get(s));
          }
        }
      }
    }
  }

  private static void assertClose(float found, double expected) {
    assertThat((double) found).isCloseTo(expected, within(2e-6));
  }

  /** The plain-Java side of {@link BeamSearchTest}, too, has to agree with the program. */
  @Test
  void plainJavaListsTheGoldenBestOfAllTranslations() {
    TableDecoder table = golden.table();
    golden.exhaustive_best3.forEach(
        (alpha, sentences) -> {
          BeamSettings settings = golden.settings(1, Float.parseFloat(alpha), 0);
          for (int b = 0; b < sentences.size(); b++) {
            int length = golden.source_lengths.get(b);
            List<PlainBeams.Hypothesis> all =
                PlainBeams.all(table.plain(b), settings, length, golden.max_steps);
            List<Best> expected = sentences.get(b);
            for (int i : IntStream.range(0, expected.size()).toArray()) {
              assertThat(all.get(i).ids()).isEqualTo(expected.get(i).ids);
              assertThat(all.get(i).score(settings, length))
                  .isCloseTo(expected.get(i).score, within(1e-6));
            }
          }
        });
  }
}
