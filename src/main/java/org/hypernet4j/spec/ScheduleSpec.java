// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.Shorthand;
import org.hypernet4j.json.TypeName;

/**
 * A value, usually the learning rate, as a function of the optimizer step, counted from 0. With a
 * learning rate of 0 the parameters stay unchanged.
 */
@Doc("A value at every optimizer step, counted from 0; a bare number is a constant")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface ScheduleSpec
    permits ScheduleSpec.Constant,
        ScheduleSpec.Exponential,
        ScheduleSpec.Piecewise,
        ScheduleSpec.Cosine {

  /** The same value at every step. */
  @Doc("The same value at every step")
  @TypeName("constant")
  @Shorthand("value")
  record Constant(@Doc("The value") @Range(min = 0, max = 1e6) double value)
      implements ScheduleSpec {}

  /** {@code max(floor, initial * decay^step)}. */
  @Doc("max(floor, initial * decay^step)")
  @TypeName("exponential")
  record Exponential(
      @Doc("Value at step 0") @Range(min = 0, max = 1e6) double initial,
      @Doc("Factor by which every step multiplies") @Range(above = 0, max = 1) double decay,
      @Doc("The value never falls below this") @Default("0") @Range(min = 0, max = 1e6)
          double floor)
      implements ScheduleSpec {

    public Exponential {
      requireFloor(floor, "initial", initial);
    }
  }

  /**
   * {@code values[i]} before step {@code boundaries[i]}, the last value from the last boundary on.
   */
  @Doc("values[i] in steps before boundaries[i], the last value from the last boundary on")
  @TypeName("piecewise")
  record Piecewise(
      @Doc("Steps at which the value changes, ascending")
          @Items(min = 1, max = 1000)
          @Range(min = 1, max = 1_000_000_000)
          List<Integer> boundaries,
      @Doc("The values, one more than boundaries")
          @Items(min = 2, max = 1001)
          @Range(min = 0, max = 1e6)
          List<Double> values)
      implements ScheduleSpec {

    public Piecewise {
      boundaries = List.copyOf(boundaries);
      values = List.copyOf(values);
      for (int i = 1; i < boundaries.size(); i++) {
        if (boundaries.get(i - 1) >= boundaries.get(i)) {
          throw UserError.in("boundaries[" + i + "]")
              .what("boundaries must ascend")
              .expected("more than " + boundaries.get(i - 1))
              .received(boundaries.get(i))
              .build();
        }
      }
      if (values.size() != boundaries.size() + 1) {
        throw UserError.in("values")
            .what("wrong number of values")
            .expected(boundaries.size() + 1 + ", one more than boundaries")
            .received(values.size())
            .build();
      }
    }
  }

  /**
   * {@code peak (step + 1) / warmupSteps} before step {@code warmupSteps}, so that the first update
   * is not lost on a rate of 0; then half a cosine from {@code peak} down to {@code floor} at
   * {@code totalSteps}, and {@code floor} from there on.
   */
  @Doc("A straight line up to peak, then half a cosine down to floor at totalSteps")
  @TypeName("cosine")
  record Cosine(
      @Doc("Largest value") @Range(min = 0, max = 1e6) double peak,
      @Doc("Steps of the straight line from peak / warmupSteps at step 0 up to peak")
          @Default("0")
          @Range(min = 0, max = 1_000_000_000)
          int warmupSteps,
      @Doc("Step at which floor is reached") @Range(min = 1, max = 1_000_000_000) int totalSteps,
      @Doc("Value at the end") @Default("0") @Range(min = 0, max = 1e6) double floor)
      implements ScheduleSpec {

    public Cosine {
      requireFloor(floor, "peak", peak);
      if (warmupSteps >= totalSteps) {
        throw UserError.in("warmupSteps")
            .what("the warm-up leaves no step for the rest")
            .expected("less than totalSteps " + totalSteps)
            .received(warmupSteps)
            .build();
      }
    }
  }

  private static void requireFloor(double floor, String name, double top) {
    if (floor > top) {
      throw UserError.in("floor")
          .what("above the value that it limits")
          .expected("at most " + name + " " + top)
          .received(floor)
          .build();
    }
  }
}
