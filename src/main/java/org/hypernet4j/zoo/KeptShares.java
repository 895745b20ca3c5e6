// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;

/** Which share of a recurrent model's dropout applies to which mask of its cell. */
final class KeptShares {
  private static final String LAYER = "layer";

  /** What a mask multiplies; the top cell's output has a dropout of its own, outside the cell. */
  private enum Place {
    RECURRENT,
    HYPER_RECURRENT,
    BETWEEN,
    TOP
  }

  private final String where;
  private final Keep keep;
  private final String top;

  /**
   * Checks that the cell has a mask for each share below 1: without one the share would have no
   * effect.
   *
   * @param where start of an error message
   */
  KeptShares(String where, RnnCell<?> cell, Keep keep) {
    this(where, cell.stateLayout().parts(), cell.maskParts(), keep);
  }

  /** As above, for a cell with these parts. */
  KeptShares(String where, List<StatePart> state, List<StatePart> maskParts, Keep keep) {
    this.where = where;
    this.keep = keep;
    List<String> masks = maskParts.stream().map(StatePart::name).toList();
    top = top(state, masks);
    require("recurrent", keep.recurrent(), Place.RECURRENT, masks);
    require("hyperRecurrent", keep.hyperRecurrent(), Place.HYPER_RECURRENT, masks);
    require("between", keep.between(), Place.BETWEEN, masks);
  }

  private void require(String share, double value, Place place, List<String> masks) {
    if (value < 1 && masks.stream().noneMatch(mask -> place(mask) == place)) {
      throw UserError.in(where + ", keep, " + share)
          .what("the cell has no mask that applies this dropout; its masks are " + masks)
          .expected(1.0)
          .received(value)
          .next("set it to 1, or create the cell with this dropout")
          .build();
    }
  }

  /** The share of entries that a mask keeps. */
  double of(String mask) {
    return switch (place(mask)) {
      case RECURRENT -> keep.recurrent();
      case HYPER_RECURRENT -> keep.hyperRecurrent();
      case BETWEEN -> keep.between();
      case TOP -> 1;
    };
  }

  private Place place(String mask) {
    if (mask.contains("hyper/")) {
      return Place.HYPER_RECURRENT; // whatever it multiplies in there
    }
    String name = unwrapped(mask);
    if (!name.endsWith("/output")) {
      return Place.RECURRENT;
    }
    // of stacks in a stack, every output on the way up to the top one is the top one
    return top.startsWith(name.substring(0, name.length() - "output".length()))
        ? Place.TOP
        : Place.BETWEEN;
  }

  /** The names' beginning of the top layer, {@code layer1/}; empty for a single cell. */
  private static String top(List<StatePart> state, List<String> masks) {
    // not of the masks alone: the top layer may have none
    List<String> names =
        Stream.concat(
                state.stream().map(StatePart::name), masks.stream().map(KeptShares::unwrapped))
            .toList();
    StringBuilder top = new StringBuilder();
    for (int layer = topLayer(names, ""); layer >= 0; layer = topLayer(names, top.toString())) {
      top.append(LAYER).append(layer).append('/');
    }
    return top.toString();
  }

  /** The largest K of the names that begin with {@code prefix}, {@code layerK/}; or -1. */
  private static int topLayer(List<String> names, String prefix) {
    Pattern layer = Pattern.compile(Pattern.quote(prefix) + LAYER + "(\\d{1,9})/.*");
    return names.stream()
        .map(layer::matcher)
        .filter(Matcher::matches)
        .mapToInt(name -> Integer.parseInt(name.group(1)))
        .max()
        .orElse(-1);
  }

  /** A mask's name without the {@code cell/} of the cells that wrap others. */
  private static String unwrapped(String mask) {
    return mask.replaceAll("(?<![^/])cell/", "");
  }
}
