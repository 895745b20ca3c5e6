// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StatelessRandomTest {

  /** The known answers of SplitMix64 for seed 1234567, published with many implementations. */
  @Test
  void drawsAreThoseOfSplitMix64() {
    StatelessRandom random = StatelessRandom.of(1234567);
    assertThat(IntStream.range(0, 5).mapToObj(i -> Long.toUnsignedString(random.bits(i))))
        .containsExactly(
            "6457827717110365317",
            "3203168211198807973",
            "9817491932198370423",
            "4593380528125082431",
            "16408922859458223821");
  }

  /** The JDK's SplittableRandom is the same generator with a state. */
  @Property(tries = 100)
  void drawsAreThoseOfTheJdkInOrder(@ForAll long seed) {
    SplittableRandom stateful = new SplittableRandom(seed);
    StatelessRandom random = StatelessRandom.of(seed);
    for (int i = 0; i < 20; i++) {
      assertThat(random.bits(i)).isEqualTo(stateful.nextLong());
    }
  }

  /** Expected numbers from the same definition written in Python with unbounded integers. */
  @Test
  void foldedKeysBoundedDrawsAndPermutationsHaveKnownAnswers() {
    StatelessRandom root = StatelessRandom.of(42);
    assertThat(root.fold(0).key()).isEqualTo(228508882106960437L);
    assertThat(root.fold(1).key()).isEqualTo(-402190364989208090L);
    assertThat(root.fold(-1).key()).isEqualTo(-3843239948332214013L);
    assertThat(root.fold("shuffle").key()).isEqualTo(1130510305879753109L);

    StatelessRandom random = root.fold("shuffle").fold(3);
    assertThat(random.key()).isEqualTo(2138495851259463315L);
    assertThat(IntStream.range(0, 8).map(i -> random.below(i, 57)))
        .containsExactly(50, 27, 53, 33, 12, 5, 20, 44);
    assertThat(IntStream.range(0, 3).mapToDouble(random::uniform))
        .containsExactly(0.8886562387973419, 0.4818171383179548, 0.9429194448467013);
    assertThat(random.permutation(12)).containsExactly(11, 5, 3, 7, 1, 9, 2, 10, 0, 8, 6, 4);
  }

  @Property
  void permutationHoldsEveryNumberOnce(@ForAll long seed, @ForAll @IntRange(max = 500) int n) {
    int[] sorted = StatelessRandom.of(seed).permutation(n);
    Arrays.sort(sorted);
    assertThat(sorted).isEqualTo(IntStream.range(0, n).toArray());
  }

  @Property
  void boundedDrawsStayInBounds(
      @ForAll long seed, @ForAll long position, @ForAll @IntRange(min = 1) int bound) {
    assertThat(StatelessRandom.of(seed).below(position, bound)).isBetween(0, bound - 1);
    assertThat(StatelessRandom.of(seed).uniform(position))
        .isGreaterThanOrEqualTo(0.0)
        .isLessThan(1.0);
  }

  @Property
  void equalPathsGiveEqualNumbers(@ForAll long seed, @ForAll long step, @ForAll int image) {
    assertThat(StatelessRandom.of(seed).fold("crop").fold(step).fold(image).bits(7))
        .isEqualTo(StatelessRandom.of(seed).fold("crop").fold(step).fold(image).bits(7));
  }

  @Test
  void neighbouringSeedsPartsAndStreamsShareNoNumber() {
    Set<Long> seen = new HashSet<>();
    int draws = 0;
    for (long seed = 0; seed < 10; seed++) {
      for (String stream : new String[] {"", "a", "b", "ab", "ba", "crop"}) {
        for (long step = 0; step < 20; step++) {
          for (long position = 0; position < 10; position++) {
            seen.add(StatelessRandom.of(seed).fold(stream).fold(step).bits(position));
            draws++;
          }
        }
      }
    }
    assertThat(seen).hasSize(draws);
  }

  /**
   * Chi-square against the uniform distribution: with 9 degrees of freedom the statistic exceeds
   * 27.9 once in a thousand. Checked along positions, along folded steps, and along seeds.
   */
  @Test
  void drawsAreUniformAlongEveryAxis() {
    int n = 20_000;
    StatelessRandom root = StatelessRandom.of(7);
    assertThat(chiSquare(IntStream.range(0, n).map(i -> root.below(i, 10)).toArray()))
        .isLessThan(27.9);
    assertThat(chiSquare(IntStream.range(0, n).map(i -> root.fold(i).below(0, 10)).toArray()))
        .isLessThan(27.9);
    assertThat(
            chiSquare(
                IntStream.range(0, n)
                    .map(i -> StatelessRandom.of(i).fold("crop").below(0, 10))
                    .toArray()))
        .isLessThan(27.9);
    assertThat(IntStream.range(0, n).mapToDouble(root::uniform).average())
        .hasValueCloseTo(0.5, within(0.01)); // standard error 0.002
  }

  @Test
  void everyElementReachesEveryPlaceEquallyOften() {
    int[] firsts = new int[6_000];
    for (int epoch = 0; epoch < firsts.length; epoch++) {
      int[] order = StatelessRandom.of(1).fold(epoch).permutation(10);
      firsts[epoch] = order[0];
    }
    assertThat(chiSquare(firsts)).isLessThan(27.9);
  }

  @Test
  void boundMustBePositive() {
    assertThatThrownBy(() -> StatelessRandom.of(1).below(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 0");
  }

  /** Chi-square statistic of draws from 0 to 9. */
  private static double chiSquare(int[] draws) {
    double[] counts = new double[10];
    for (int draw : draws) {
      counts[draw]++;
    }
    double expected = draws.length / 10.0;
    return Arrays.stream(counts).map(c -> (c - expected) * (c - expected) / expected).sum();
  }
}
