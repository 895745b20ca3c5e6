// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link SoftWindowCell}, an immutable value: each {@code with...} returns a changed
 * copy. Layers are counted from 0 at the bottom.
 */
public final class SoftWindowSettings {
  /** Characters that a step of the pen advances by at first: about 25 points draw a letter. */
  private static final float CHARACTERS_A_STEP = 1f / 25;

  private final int components;
  private final int characters;
  private Positive positive = Positive.EXP;
  private float stepScale = 1f;
  private boolean betaDivides;
  private float betaFloor;
  private int firstPosition = 1;
  private float initialStep = CHARACTERS_A_STEP;
  private @Nullable Set<Integer> inputTo;
  private @Nullable Set<Integer> windowTo;
  private boolean windowReadsInput;
  private boolean allLayersOut = true;
  private boolean outputDropout;

  /** How alpha, beta and the step are made positive. */
  public enum Positive {
    /** The exponential function. */
    EXP,
    /** {@code log(1 + exp(a))}. */
    SOFTPLUS
  }

  private SoftWindowSettings(int components, int characters) {
    this.components = components;
    this.characters = characters;
  }

  private SoftWindowSettings(SoftWindowSettings from) {
    this(from.components, from.characters);
    positive = from.positive;
    stepScale = from.stepScale;
    betaDivides = from.betaDivides;
    betaFloor = from.betaFloor;
    firstPosition = from.firstPosition;
    initialStep = from.initialStep;
    inputTo = from.inputTo;
    windowTo = from.windowTo;
    windowReadsInput = from.windowReadsInput;
    allLayersOut = from.allLayersOut;
    outputDropout = from.outputDropout;
  }

  /**
   * As in Graves, arXiv:1308.0850, section 5.1: exponentials; characters at 1, 2, ...; the window
   * is formed from the first layer's output and read by every layer, by the first one step later;
   * the output is that of all layers side by side.
   *
   * @param components K; Graves has 10
   * @param characters C, size of a character's vector: of the alphabet if it is one-hot
   */
  public static SoftWindowSettings graves(int components, int characters) {
    return new SoftWindowSettings(components, characters).with(checked -> {});
  }

  /**
   * As in greydanus/scribe: exponentials; characters at 0, 1, ...; the first layer reads the input,
   * the second the input, the window and the first, any further one the layer below alone; the
   * output is that of the top.
   */
  public static SoftWindowSettings scribe(int components, int characters) {
    return graves(components, characters)
        .withFirstPosition(0)
        .withInputTo(1)
        .withWindowTo(1)
        .withAllLayersOut(false);
  }

  /**
   * As in sjvasquez/handwriting-synthesis: softplus; steps of a 25th; beta divides and is at least
   * 0.01; characters at 0, 1, ...; the window is formed from the input, the window before and the
   * first layer; every layer reads it; the output is that of the top.
   */
  public static SoftWindowSettings vasquez(int components, int characters) {
    return graves(components, characters)
        .withPositive(Positive.SOFTPLUS)
        .withStepScale(1f / 25)
        .withDividingBeta(0.01f)
        .withFirstPosition(0)
        .withWindowReadingInput(true)
        .withAllLayersOut(false);
  }

  /** K. */
  public int components() {
    return components;
  }

  /** C, the size of a character's vector and of the window's output. */
  public int characters() {
    return characters;
  }

  /** With another function that makes alpha, beta and the step positive. */
  public SoftWindowSettings withPositive(Positive value) {
    return with(copy -> copy.positive = value);
  }

  /** With steps multiplied by this factor. */
  public SoftWindowSettings withStepScale(float value) {
    return with(copy -> copy.stepScale = value);
  }

  /** With {@code exp(-(kappa - u)^2 / beta)}, where beta is at least {@code floor}. */
  public SoftWindowSettings withDividingBeta(float floor) {
    return with(
        copy -> {
          copy.betaDivides = true;
          copy.betaFloor = floor;
        });
  }

  /** With {@code exp(-beta (kappa - u)^2)}, where beta is at least {@code floor}, 0 for any. */
  public SoftWindowSettings withMultiplyingBeta(float floor) {
    return with(
        copy -> {
          copy.betaDivides = false;
          copy.betaFloor = floor;
        });
  }

  /** With the first character at this position u, 0 or 1; every kappa starts at 0. */
  public SoftWindowSettings withFirstPosition(int value) {
    return with(copy -> copy.firstPosition = value);
  }

  /**
   * With this step in characters, after the scale, while all weights of the window are zero: the
   * initial bias follows from it. By default 1/25.
   */
  public SoftWindowSettings withInitialStep(float value) {
    return with(copy -> copy.initialStep = value);
  }

  /** With only these layers above the first reading the input; the first always does. */
  public SoftWindowSettings withInputTo(int... layers) {
    return with(copy -> copy.inputTo = set(layers));
  }

  /** With only these layers reading the window; 0, the first, reads that of the step before. */
  public SoftWindowSettings withWindowTo(int... layers) {
    return with(copy -> copy.windowTo = set(layers));
  }

  /** With a window formed from {@code [x, w, h]}, not from the first layer's output h alone. */
  public SoftWindowSettings withWindowReadingInput(boolean value) {
    return with(copy -> copy.windowReadsInput = value);
  }

  /** With the outputs of all layers as the cell's output, or with the top layer's. */
  public SoftWindowSettings withAllLayersOut(boolean value) {
    return with(copy -> copy.allLayersOut = value);
  }

  /** With or without a dropout mask for the output of each layer, wherever it is read. */
  public SoftWindowSettings withOutputDropout(boolean value) {
    return with(copy -> copy.outputDropout = value);
  }

  /**
   * The input size that a layer must have: of {@code [x, w, h]}, as far as it reads them, in this
   * order.
   *
   * @param layer 0 at the bottom
   * @param inputSize size of x
   * @param below output size of the layer below; without effect for the first
   */
  public int layerInputSize(int layer, int inputSize, int below) {
    return (readsInput(layer) ? inputSize : 0)
        + (readsWindow(layer) ? characters : 0)
        + (layer == 0 ? 0 : below);
  }

  boolean readsInput(int layer) {
    return layer == 0 || inputTo == null || inputTo.contains(layer);
  }

  boolean readsWindow(int layer) {
    return windowTo == null || windowTo.contains(layer);
  }

  /** The highest layer that is mentioned. */
  int highestNamed() {
    return IntStream.concat(
            inputTo == null ? IntStream.empty() : inputTo.stream().mapToInt(i -> i),
            windowTo == null ? IntStream.empty() : windowTo.stream().mapToInt(i -> i))
        .max()
        .orElse(0);
  }

  Positive positive() {
    return positive;
  }

  float stepScale() {
    return stepScale;
  }

  boolean betaDivides() {
    return betaDivides;
  }

  float betaFloor() {
    return betaFloor;
  }

  int firstPosition() {
    return firstPosition;
  }

  /** The bias of the step's columns. */
  float stepBias() {
    double step = (double) initialStep / stepScale;
    return (float) Math.log(positive == Positive.EXP ? step : Math.expm1(step));
  }

  boolean windowReadsInput() {
    return windowReadsInput;
  }

  boolean allLayersOut() {
    return allLayersOut;
  }

  boolean outputDropout() {
    return outputDropout;
  }

  private SoftWindowSettings with(Consumer<SoftWindowSettings> change) {
    SoftWindowSettings copy = new SoftWindowSettings(this);
    change.accept(copy);
    require(copy.components >= 1, "a window needs components", "1 or more", copy.components);
    require(copy.characters >= 1, "a character's vector is empty", "1 or more", copy.characters);
    requirePositive("the step's scale", copy.stepScale);
    requirePositive("the initial step", copy.initialStep);
    require(
        Float.isFinite(copy.stepBias()),
        "the initial step cannot be reached with this scale",
        "numbers of like size",
        copy.initialStep + " at a scale of " + copy.stepScale);
    require(
        Float.isFinite(copy.betaFloor) && copy.betaFloor >= (copy.betaDivides ? 1e-30f : 0f),
        "beta's smallest value cannot be used",
        copy.betaDivides ? "a positive number, as beta divides" : "0 or more",
        copy.betaFloor);
    require(
        copy.firstPosition == 0 || copy.firstPosition == 1,
        "the first character has no such position",
        "0 or 1",
        copy.firstPosition);
    return copy;
  }

  private static void requirePositive(String what, float value) {
    require(
        Float.isFinite(value) && value > 0, what + " cannot be used", "a positive number", value);
  }

  private static void require(boolean right, String what, String expected, Object received) {
    if (!right) {
      throw UserError.in("soft window").what(what).expected(expected).received(received).build();
    }
  }

  private static Set<Integer> set(int... layers) {
    Set<Integer> all = new TreeSet<>();
    for (int layer : layers) {
      require(layer >= 0, "there is no such layer", "0 or more", layer);
      all.add(layer);
    }
    return all;
  }
}
