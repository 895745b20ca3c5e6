// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.Shorthand;
import org.jspecify.annotations.Nullable;

/**
 * A named part of an axis. Its length is a number, a fraction of the axis, that of an axis of a
 * parameter, or what the other parts leave.
 *
 * @param name the name by which the result refers to it
 * @param size its length, or null
 * @param fraction of the axis, or null
 * @param like pattern of the name of a parameter of the model with an axis of this length, or null;
 *     {@code ./} and {@code ../} begin at the scope of the parameter that is imported
 * @param likeAxis that axis; null is 0
 */
@Doc("A named part of an axis; a bare text names the one that is left")
@Shorthand("name")
public record AxisPart(
    @Doc("The name by which the result takes it") String name,
    @Doc("Its length") @Default(Default.NONE) @Range(min = 1, max = 1e9) @Nullable Integer size,
    @Doc("Its length as a fraction of the axis: 0.25")
        @Default(Default.NONE)
        @Range(min = 1e-9, max = 1)
        @Nullable Double fraction,
    @Doc(
            "A parameter of ours with an axis of its length; {k} as in 'ours'; ./ and ../ begin at the scope of the one that is made")
        @Default(Default.NONE)
        @Nullable String like,
    @Doc("That axis; 0 if left out")
        @Default(Default.NONE)
        @Range(min = 0, max = ArrayStep.MOST_AXES)
        @Nullable Integer likeAxis) {
  /** Largest distance between a fraction of an axis and a whole number of indices. */
  private static final double ROUNDING = 0.01;

  /** Checks that there is at most one length. */
  public AxisPart {
    if (Stream.of(size == null, fraction == null, like == null).filter(none -> !none).count() > 1
        || (likeAxis != null && like == null)) {
      throw UserError.in("part '" + name + "'")
          .what("has several lengths")
          .expected("one of size, fraction, and like with likeAxis")
          .build();
    }
  }

  /**
   * Checks that names differ, that at most one part has no length, and that the result has parts.
   */
  static void check(List<AxisPart> parts, List<String> take) {
    List<String> names = parts.stream().map(AxisPart::name).toList();
    requireDifferent("parts", names);
    requireDifferent("take", take);
    if (!names.containsAll(take)) {
      throw UserError.in("take")
          .what("names a part that there is not")
          .expected(names)
          .received(take)
          .build();
    }
    List<String> left = parts.stream().filter(AxisPart::isRest).map(AxisPart::name).toList();
    if (left.size() > 1) {
      throw UserError.in("parts")
          .what("only one part can be what the others leave")
          .expected("size, fraction or like of all but one")
          .received(left)
          .build();
    }
  }

  private static void requireDifferent(String where, List<String> names) {
    if (new HashSet<>(names).size() < names.size()) {
      throw UserError.in(where).what("a name comes twice").received(names).build();
    }
  }

  private boolean isRest() {
    return size == null && fraction == null && like == null;
  }

  /** A copy with a number in place of {@code like}. */
  AxisPart sized(ParameterSizes sizes) {
    return like == null
        ? this
        : new AxisPart(name, sizes.of(like, likeAxis == null ? 0 : likeAxis), null, null, null);
  }

  /**
   * The index after the last of each part.
   *
   * @throws UserError if the parts do not make up the axis
   */
  static int[] ends(List<AxisPart> parts, int axis, NpyArray array) {
    int length = Math.toIntExact(array.shape()[axis]);
    int[] lengths = new int[parts.size()];
    int rest = -1;
    long sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (parts.get(i).isRest()) {
        rest = i;
      } else {
        lengths[i] = parts.get(i).length(length, array);
        sum += lengths[i];
      }
    }
    if (rest < 0 ? sum != length : sum >= length) {
      throw UserError.in("parts")
          .what("do not make up axis " + axis)
          .expected((rest < 0 ? "" : "less than ") + length + " in all")
          .received(sum + " of " + array)
          .build();
    }
    if (rest >= 0) {
      lengths[rest] = (int) (length - sum);
    }
    for (int i = 1; i < lengths.length; i++) {
      lengths[i] += lengths[i - 1];
    }
    return lengths;
  }

  private int length(int whole, NpyArray array) {
    if (size != null) {
      return size;
    } else if (fraction == null) {
      throw new IllegalStateException("The size of " + like + " is not known yet");
    }
    double exact = fraction * whole;
    int length = (int) Math.rint(exact);
    if (length < 1 || Math.abs(exact - length) > ROUNDING) {
      throw UserError.in("part '" + name + "'")
          .what("its fraction of the axis is no whole number")
          .expected("a fraction of " + whole + ", with all its digits")
          .received(fraction + ", which is " + exact + " of " + array)
          .build();
    }
    return length;
  }
}
