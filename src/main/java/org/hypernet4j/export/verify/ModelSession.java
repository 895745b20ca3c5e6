// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.savedmodel.InputCheck;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.savedmodel.SignatureTensors;
import org.hypernet4j.graph.Fetches;
import org.hypernet4j.graph.internal.CallGate;
import org.hypernet4j.io.NpyArray;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Runs the signatures of a loaded model with inputs that were looked at first: TensorFlow ends the
 * process for some that do not fit, an image of the wrong rank for example. Only tensors of
 * signatures can be fed and fetched.
 *
 * <p>For several threads. Once closing the model has begun every call ends with an {@link
 * IllegalStateException}; a call that runs then is not disturbed.
 */
public final class ModelSession {
  private final SavedModelBundle bundle;
  private final String where;
  private final InputCheck check;
  private final CallGate gate;
  private final Map<Output<?>, List<Input>> inputs = new HashMap<>();
  private final Set<Output<?>> outputs = new HashSet<>();
  private final Map<String, Output<?>> byName = new HashMap<>();

  /** A tensor of the graph as a signature takes it. */
  private record Input(String alias, TensorInfo info) {}

  /**
   * The runner's side of a bundle, which stays the caller's.
   *
   * @param where for messages, the model's folder
   * @param ours whether this library wrote the model: then every input is {@code [batch, ...]}
   */
  public ModelSession(SavedModelBundle bundle, Object where, boolean ours, CallGate gate) {
    this.bundle = bundle;
    this.where = String.valueOf(where);
    this.gate = gate;
    check = InputCheck.of(bundle.metaGraphDef(), ours);
    for (SignatureDef signature : ModelEntries.signatures(bundle.metaGraphDef()).values()) {
      signature
          .getInputsMap()
          .forEach(
              (alias, info) -> {
                Output<?> tensor = SignatureTensors.tensor(bundle.graph(), info);
                if (tensor != null) {
                  byName.put(info.getName(), tensor);
                  inputs
                      .computeIfAbsent(tensor, key -> new ArrayList<>())
                      .add(new Input(alias, InputCheck.narrowed(info, tensor)));
                }
              });
      signature
          .getOutputsMap()
          .values()
          .forEach(
              info -> {
                Output<?> tensor = SignatureTensors.tensor(bundle.graph(), info);
                if (tensor != null) {
                  byName.put(info.getName(), tensor);
                  outputs.add(tensor);
                }
              });
    }
  }

  /** Begins a call by tensors, see {@link LoadedModel#signature}. */
  public Runner runner() {
    return new Runner();
  }

  public MetaGraphDef model() {
    return bundle.metaGraphDef();
  }

  /**
   * Reads a variable: the only access that is not a call of a signature.
   *
   * @param tensor that the model's collection of variables names
   */
  public NpyArray readVariable(String tensor) {
    return gate.within(
        () -> {
          try (Result result = bundle.session().runner().fetch(tensor).run()) {
            return TensorArrays.toArray(result.get(0));
          }
        });
  }

  /** As {@link LoadedModel#call}; the answer has the outputs that are wanted. */
  public Map<String, NpyArray> call(
      String key, SignatureDef signature, Map<String, NpyArray> arrays, Collection<String> wanted) {
    String place = where + ", signature '" + key + "'";
    InputCheck.requireNames(place, signature.getInputsMap().keySet(), arrays.keySet());
    // before the arrays become tensors: a tensor of an impossible shape cannot be made either
    arrays.forEach(
        (alias, array) ->
            check.require(
                place,
                alias,
                signature.getInputsOrThrow(alias),
                TensorArrays.dataTypeOf(array.type()),
                array.shape()));
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    try {
      arrays.forEach((alias, array) -> feeds.put(alias, TensorArrays.toTensor(array)));
      Map<String, NpyArray> answer = new LinkedHashMap<>();
      Fetches fetches = fetches(key, signature, wanted);
      try (Result result = run(key, signature, feeds, fetches)) {
        int i = 0;
        for (String alias : wanted) {
          answer.put(alias, TensorArrays.toArray(fetches.get(result, i++)));
        }
      }
      return answer;
    } finally {
      feeds.values().forEach(Tensor::close);
    }
  }

  /**
   * The same with tensors, whose names are checked already; the caller closes the result. Outputs
   * that are one tensor are one tensor of it.
   */
  public Result run(
      String key, SignatureDef signature, Map<String, Tensor> feeds, Collection<String> wanted) {
    return run(key, signature, feeds, fetches(key, signature, wanted));
  }

  /** The same with tensors of any type, whose names are checked. */
  OutputTensors callTensors(
      String key, SignatureDef signature, Map<String, Tensor> feeds, Collection<String> wanted) {
    InputCheck.requireNames(
        where + ", signature '" + key + "'", signature.getInputsMap().keySet(), feeds.keySet());
    Fetches fetches = fetches(key, signature, wanted);
    Result result = run(key, signature, feeds, fetches);
    Map<String, Tensor> answer = new LinkedHashMap<>();
    int i = 0;
    for (String alias : wanted) {
      answer.put(alias, fetches.get(result, i++));
    }
    return new OutputTensors(result, answer);
  }

  /** A signature may give one tensor under several names. */
  private Fetches fetches(String key, SignatureDef signature, Collection<String> wanted) {
    return gate.within(
        () ->
            new Fetches(
                wanted.stream()
                    .map(alias -> operand(key, signature.getOutputsOrThrow(alias)))
                    .toList()));
  }

  private Result run(
      String key, SignatureDef signature, Map<String, Tensor> feeds, Fetches wanted) {
    return gate.within(
        () -> {
          Runner runner = runner();
          feeds.forEach(
              (alias, tensor) ->
                  runner.feed(operand(key, signature.getInputsOrThrow(alias)), tensor));
          wanted.distinct().forEach(runner::fetch);
          return runner.run();
        });
  }

  private Output<?> operand(String key, TensorInfo info) {
    Output<?> tensor = byName.get(info.getName());
    if (tensor == null) {
      throw UserError.in(where + ", signature '" + key + "'")
          .what("the tensor '" + info.getName() + "' is not in the graph")
          .build();
    }
    return tensor;
  }

  /** One call. Nothing is looked at before {@link #run}. */
  public final class Runner {
    private final Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();
    private final List<Operand<?>> fetches = new ArrayList<>();
    private @Nullable RunOptions options;

    private Runner() {}

    /** Gives an input of a signature a value, which stays the caller's. */
    public Runner feed(@Nullable Operand<?> input, Tensor value) {
      feeds.put(known("input", input), value);
      return this;
    }

    /** Asks for an output of a signature; the result has them in the order of these calls. */
    public Runner fetch(@Nullable Operand<?> output) {
      Operand<?> one = known("output", output);
      if (fetches.stream().anyMatch(other -> other.asOutput().equals(one.asOutput()))) {
        throw UserError.in(where)
            .what("'" + one.asOutput().name() + "' is fetched twice in one call")
            .expected("each tensor once; several outputs of a signature may be one tensor")
            .build();
      }
      fetches.add(one);
      return this;
    }

    /** The form in which TensorFlow runs it. */
    public Runner setOptions(RunOptions runOptions) {
      options = runOptions;
      return this;
    }

    /**
     * Runs; the caller closes the result.
     *
     * @throws UserError if a value does not fit the signatures, or a tensor is not of one
     * @throws IllegalStateException if the model is closed
     */
    public Result run() {
      return gate.within(this::runChecked);
    }

    private Result runChecked() {
      Session.Runner runner = bundle.session().runner();
      Map<String, long[]> shapes = new LinkedHashMap<>();
      feeds.forEach(
          (operand, value) -> {
            Output<?> input = operand.asOutput();
            shapes.put(require(input, value), value.shape().asArray());
            runner.feed(input, value);
          });
      check.requireRows(where, shapes);
      for (Operand<?> output : fetches) {
        if (!outputs.contains(output.asOutput())) {
          throw UserError.in(where)
              .what("'" + output.asOutput().name() + "' is not an output of a signature")
              .build();
        }
        runner.fetch(output);
      }
      return options == null ? runner.run() : runner.setOptions(options).run();
    }

    private String require(Output<?> input, Tensor value) {
      List<Input> known = inputs.get(input);
      if (known == null) {
        throw UserError.in(where)
            .what("'" + input.name() + "' is not an input of a signature")
            .build();
      }
      long[] shape = value.shape().asArray();
      for (Input each : known) {
        if (SignatureTensors.accepts(each.info(), value.dataType(), shape)) {
          check.require(where, each.alias(), each.info(), value.dataType(), shape);
          return each.alias();
        }
      }
      Input first = known.get(0);
      check.require(where, first.alias(), first.info(), value.dataType(), shape);
      return first.alias();
    }

    private Operand<?> known(String what, @Nullable Operand<?> operand) {
      if (operand == null) {
        throw UserError.in(where)
            .what("there is no such " + what)
            .next("take the " + what + "s of LoadedModel.signature")
            .build();
      }
      return operand;
    }
  }

  /** Runs a signature, all outputs of it, as a reference case. */
  public ReferenceCase record(ServingSignature signature, Map<String, NpyArray> inputs) {
    return new ReferenceCase(
        signature.key(),
        inputs,
        call(
            signature.key(),
            model().getSignatureDefOrThrow(signature.key()),
            inputs,
            signature.outputs().keySet()));
  }
}
