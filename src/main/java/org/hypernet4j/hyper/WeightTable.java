// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;

/**
 * All weights of a network by name, in network order: what a hypernetwork has to make.
 *
 * <pre>{@code
 * WeightTable table = WeightTable.empty().dense("hidden", 784, 100).dense("output", 100, 10);
 * // hidden/kernel [784, 100], hidden/bias [100], output/kernel [100, 10], output/bias [10]
 * }</pre>
 *
 * <p>Tables do not change; each method returns a larger one.
 */
public final class WeightTable {
  private static final WeightTable EMPTY = new WeightTable(Map.of());
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.\\-]*(/[A-Za-z0-9.][A-Za-z0-9_.\\-]*)*");
  private static final String KERNEL = "/kernel";
  private static final String BIAS = "/bias";

  private final Map<String, WeightShape> shapes;

  private WeightTable(Map<String, WeightShape> shapes) {
    this.shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
  }

  /** A table without weights. */
  public static WeightTable empty() {
    return EMPTY;
  }

  /**
   * Adds a weight.
   *
   * @param name in the network, {@code conv1/kernel}
   * @throws UserError if the name is taken or is none, or the table would hold 2^31 numbers or more
   */
  public WeightTable with(String name, WeightShape weight) {
    if (!NAME.matcher(name).matches()) {
      throw UserError.in("weight '" + name + "'")
          .what("not a valid name")
          .expected("letters, digits, '_', '.', '-'; '/' between the parts, as in conv1/kernel")
          .received("'" + name + "'")
          .build();
    }
    if (shapes.containsKey(name)) {
      throw UserError.in("weight '" + name + "'").what("the name is taken").build();
    }
    Shapes.requireBelowLimit("weight '" + name + "'", "the table with it", size() + weight.size());
    Map<String, WeightShape> all = new LinkedHashMap<>(shapes);
    all.put(name, weight);
    return new WeightTable(all);
  }

  /** Adds {@code <layer>/kernel [in, out]} and {@code <layer>/bias [out]}. */
  public WeightTable dense(String layer, int in, int out) {
    return layer(layer, WeightShape.dense(in, out));
  }

  /** Adds {@code <layer>/kernel [f, f, in, out]} and {@code <layer>/bias [out]}. */
  public WeightTable conv2d(String layer, int f, int in, int out) {
    return layer(layer, WeightShape.conv2d(f, in, out));
  }

  private WeightTable layer(String layer, WeightShape kernel) {
    return with(layer + KERNEL, kernel).with(layer + BIAS, WeightShape.bias(kernel.fans()));
  }

  /** The weights by name, in network order. */
  public Map<String, WeightShape> shapes() {
    return shapes;
  }

  /** The number of entries of all weights. */
  public long size() {
    return shapes.values().stream().mapToLong(WeightShape::size).sum();
  }

  /** The kernels among the weights, by name. */
  public Map<String, KernelShape> kernels() {
    Map<String, KernelShape> kernels = new LinkedHashMap<>();
    shapes.forEach(
        (name, weight) -> {
          if (!weight.isBias()) {
            kernels.put(name, weight.fans());
          }
        });
    return kernels;
  }

  /** The biases among the weights, by name. */
  Map<String, WeightShape> biases() {
    Map<String, WeightShape> biases = new LinkedHashMap<>(shapes);
    biases.values().removeIf(weight -> !weight.isBias());
    return biases;
  }

  /** The same values in the order of the table. */
  <T> Map<String, T> inOrder(Map<String, T> values) {
    Map<String, T> ordered = new LinkedHashMap<>();
    shapes.keySet().forEach(name -> ordered.put(name, values.get(name)));
    return ordered;
  }

  /**
   * Checks that there is something to make.
   *
   * @throws UserError if the table is empty
   */
  WeightTable requireSome() {
    if (shapes.isEmpty()) {
      throw UserError.in("weights of a network")
          .what("the table is empty")
          .expected("at least one weight")
          .build();
    }
    return this;
  }

  /**
   * Checks that there is something to make, and something to make it from.
   *
   * @throws UserError if the table is empty or the condition has no numbers
   */
  WeightTable requireSome(int conditionSize) {
    if (conditionSize < 1) {
      throw UserError.in("hypernetwork")
          .what("the length of a condition must be positive")
          .received(conditionSize)
          .build();
    }
    return requireSome();
  }

  /** The scope of a generator's own parameters for a weight: its layer if it is a kernel. */
  static String scope(String name) {
    return name.endsWith(KERNEL) ? name.substring(0, name.length() - KERNEL.length()) : name;
  }
}
