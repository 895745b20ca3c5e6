// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.function.Consumer;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;

/**
 * Settings of an {@link Attention}, an immutable value: each {@code with...} returns a changed
 * copy.
 */
public final class AttentionSettings {
  private final boolean additive;
  private final int querySize;
  private final int memorySize;
  private final int units;
  private boolean normalised;
  private boolean scaled;
  private Initializer initializer = Initializers.glorotUniform();

  private AttentionSettings(
      boolean additive, int querySize, int memorySize, int units, AttentionSettings from) {
    this(additive, querySize, memorySize, units);
    normalised = from.normalised;
    scaled = from.scaled;
    initializer = from.initializer;
  }

  private AttentionSettings(boolean additive, int querySize, int memorySize, int units) {
    this.additive = additive;
    this.querySize = querySize;
    this.memorySize = memorySize;
    this.units = units;
  }

  /**
   * A score by one hidden layer (Bahdanau and others, arXiv:1409.0473).
   *
   * @param querySize N, size of a query: of the output of the cell that attends
   * @param memorySize D, size of a row of the memory
   * @param units A, size of the hidden layer
   */
  public static AttentionSettings additive(int querySize, int memorySize, int units) {
    return new AttentionSettings(true, querySize, memorySize, units).with(checked -> {});
  }

  /**
   * The score that Luong and others (arXiv:1508.04025) call "general": a product of query and key.
   * Keys are as wide as queries.
   *
   * @param querySize N, size of a query
   * @param memorySize D, size of a row of the memory
   */
  public static AttentionSettings multiplicative(int querySize, int memorySize) {
    return new AttentionSettings(false, querySize, memorySize, querySize).with(checked -> {});
  }

  /**
   * With or without the weight normalisation of an additive score: a vector of trained length g,
   * and an offset b.
   */
  public AttentionSettings withNormalisation(boolean value) {
    return with(copy -> copy.normalised = value);
  }

  /** With or without a trained factor g of a multiplicative score. */
  public AttentionSettings withScale(boolean value) {
    return with(copy -> copy.scaled = value);
  }

  /** With other initial values of the matrices and of v; by default they are Glorot uniform. */
  public AttentionSettings withInitializer(Initializer value) {
    return with(copy -> copy.initializer = value);
  }

  /** Whether the score is additive; else it is multiplicative. */
  public boolean isAdditive() {
    return additive;
  }

  /** N, the size of a query. */
  public int querySize() {
    return querySize;
  }

  /** D, the size of a row of the memory and of a context. */
  public int memorySize() {
    return memorySize;
  }

  /** A, the size of a key. */
  public int units() {
    return units;
  }

  /** Whether an additive score is normalised. */
  public boolean isNormalised() {
    return normalised;
  }

  /** Whether a multiplicative score has a trained factor. */
  public boolean isScaled() {
    return scaled;
  }

  /** Number of parameters. */
  public long parameterCount() {
    long count = (long) memorySize * units;
    if (additive) {
      count += (long) querySize * units + units + (normalised ? units + 1 : 0);
    }
    return count + (scaled ? 1 : 0);
  }

  Initializer initializer() {
    return initializer;
  }

  private AttentionSettings with(Consumer<AttentionSettings> change) {
    AttentionSettings copy = new AttentionSettings(additive, querySize, memorySize, units, this);
    change.accept(copy);
    require(
        querySize >= 1 && memorySize >= 1 && units >= 1,
        "sizes must be positive",
        "1 or more",
        "query " + querySize + ", memory " + memorySize + ", units " + units);
    require(
        additive || !copy.normalised,
        "a multiplicative score has no normalisation",
        "withScale(true), or an additive score",
        "withNormalisation(true)");
    require(
        !additive || !copy.scaled,
        "an additive score has no scale of its own",
        "withNormalisation(true), or a multiplicative score",
        "withScale(true)");
    return copy;
  }

  private static void require(boolean right, String what, String expected, String received) {
    if (!right) {
      throw UserError.in("attention").what(what).expected(expected).received(received).build();
    }
  }
}
