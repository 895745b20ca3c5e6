// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.savedmodel.ModelGraph;
import org.hypernet4j.export.savedmodel.SavedModelFile;
import org.hypernet4j.export.savedmodel.SignatureTensors;
import org.hypernet4j.graph.internal.CallGate;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * An exported model, loaded to be used by any number of threads.
 *
 * <pre>{@code
 * try (LoadedModel model = LoadedModel.open(Path.of("export/models/digits/1"))) {
 *   NpyArray image = NpyArray.of(pixels, 1, 28, 28, 1);
 *   Map<String, NpyArray> answer = model.call("serving_default", Map.of("image", image));
 *   float[] probabilities = answer.get("probabilities").floats();
 * }
 * }</pre>
 */
public final class LoadedModel implements AutoCloseable {
  private final Path folder;
  private final SavedModelBundle bundle;
  private final CallGate gate;
  private final ModelSession session;
  private final Map<String, SignatureDef> signatures;

  private LoadedModel(Path folder, SavedModelBundle bundle, boolean ours) {
    this.folder = folder;
    this.bundle = bundle;
    gate = new CallGate("the model " + folder);
    session = new ModelSession(bundle, folder, ours, gate);
    signatures = ModelEntries.signatures(session.model());
  }

  /**
   * Loads a model of whose author nothing is known. The files of one that this library exported are
   * first compared with its manifest, once, by size and SHA-256; then its graph is judged.
   *
   * @param folder of one version, with {@code saved_model.pb} in it
   * @throws UserError if there is none, it is not whole, a file of it has changed since it was
   *     exported, it could do more than compute, or TensorFlow cannot load it
   */
  public static LoadedModel open(Path folder) {
    return open(folder, ModelTrust.NONE);
  }

  /** As {@link #open(Path)}, for a model whose author is trusted, or trusted with some ops. */
  public static LoadedModel open(Path folder, ModelTrust trust) {
    Verifier.requireModelFolder(folder);
    requireFile(folder, ModelFiles.MODEL);
    if (SavedModelFile.isOurs(folder, null)) {
      requireFile(folder, ModelFiles.VARIABLES_INDEX);
    }
    ModelIntegrity.require(folder);
    MetaGraphDef judged = judge(folder, trust);
    boolean ours = SavedModelFile.isOurs(folder, judged);
    if (judged != null && CheckpointCheck.isNeeded(judged, ours)) {
      // the loader reports nothing, but every call then fails
      requireFile(folder, ModelFiles.VARIABLES_INDEX);
    }
    try {
      return new LoadedModel(
          folder, SavedModelBundle.load(folder.toString(), ModelGraph.TAG), ours);
    } catch (TensorFlowException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException e) {
      throw UserError.in(folder)
          .what(Verifier.loader() + " does not load the model")
          .received(Verifier.oneLine(e))
          .next("check it with " + Setting.command("verify", folder))
          .cause(e)
          .build();
    }
  }

  private static void requireFile(Path folder, String file) {
    if (!Files.isRegularFile(folder.resolve(file))) {
      throw UserError.in(folder.resolve(file))
          .what("is missing, so this is not an exported model, or only part of one")
          .next("export the model again")
          .build();
    }
  }

  /** Reads the graph and refuses it before TensorFlow gets to see it. */
  private static @Nullable MetaGraphDef judge(Path folder, ModelTrust trust) {
    try {
      SavedModel saved = SavedModelFile.read(folder);
      String hidden = SavedModelFile.hidden(folder);
      List<Fault> faults = GraphSafety.judge(saved, folder, trust).faults();
      if (hidden != null && !trust.everything()) {
        throw UserError.in(folder).what("cannot be judged").received(hidden).build();
      }
      if (!faults.isEmpty()) {
        throw UserError.in(folder)
            .what("the model could do more than compute and is not loaded")
            .received(Fault.summary(faults))
            .next(GraphSafety.advice(faults))
            .build();
      }
      return SavedModelFile.serving(saved);
    } catch (IOException e) {
      throw UserError.in(folder.resolve(ModelFiles.MODEL))
          .what("cannot be read as a SavedModel")
          .received(Verifier.oneLine(e))
          .next("export the model again")
          .cause(e)
          .build();
    }
  }

  /**
   * Calls a signature. The inputs are held against it first: TensorFlow itself ends the process for
   * some that do not fit.
   *
   * @param signature key, {@link ServingSignature#DEFAULT_KEY} for example
   * @param inputs arrays by the names of the signature, all of them; for models of this library
   *     axis 0 is the batch, equal in all and at least 1
   * @return all outputs by name, in the signature's order
   * @throws UserError if the model has no such signature, the inputs do not fit it, or an output is
   *     of a type that {@link NpyArray} does not hold (texts)
   * @throws IllegalStateException if the model is closed
   */
  public Map<String, NpyArray> call(String signature, Map<String, NpyArray> inputs) {
    SignatureDef called = find(signature);
    return session.call(signature, called, inputs, called.getOutputsMap().keySet());
  }

  /**
   * As {@link #call}, for some of the outputs; the others are not copied, nor computed for them.
   *
   * @param wanted names of outputs
   * @return these, in their order
   */
  public Map<String, NpyArray> call(
      String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
    SignatureDef called = find(signature);
    requireOutputs(signature, called, wanted);
    return session.call(signature, called, inputs, wanted);
  }

  /**
   * As {@link #call}, with tensors, of texts too. Nothing is copied.
   *
   * @param inputs tensors by the names of the signature, all of them, which stay the caller's
   * @param wanted names of outputs
   * @return these, which the caller closes
   */
  public OutputTensors callTensors(
      String signature, Map<String, ? extends Tensor> inputs, Collection<String> wanted) {
    SignatureDef called = find(signature);
    requireOutputs(signature, called, wanted);
    return session.callTensors(signature, called, new LinkedHashMap<>(inputs), wanted);
  }

  private void requireOutputs(String signature, SignatureDef called, Collection<String> wanted) {
    if (wanted.isEmpty()) {
      throw UserError.in(folder + ", signature '" + signature + "'")
          .what("no output is wanted")
          .expected("some of " + String.join(", ", called.getOutputsMap().keySet()))
          .build();
    }
    for (String name : wanted) {
      if (!called.containsOutputs(name)) {
        throw UserError.in(folder + ", signature '" + signature + "'")
            .what("there is no output '" + name + "'")
            .expected("one of " + String.join(", ", called.getOutputsMap().keySet()))
            .received("'" + name + "'")
            .build();
      }
    }
  }

  /**
   * Calls a model that has one input and one output in its signature {@link
   * ServingSignature#DEFAULT_KEY}.
   *
   * @param input {@code [batch, ...]}
   * @return {@code [batch, ...]}
   * @throws UserError as {@link #call}, or if the signature has several inputs or outputs
   */
  public NpyArray predict(NpyArray input) {
    SignatureDef called = find(ServingSignature.DEFAULT_KEY);
    if (called.getInputsCount() != 1 || called.getOutputsCount() != 1) {
      throw UserError.in(folder)
          .what("the model's signature '" + ServingSignature.DEFAULT_KEY + "' is no plain function")
          .expected("one input and one output")
          .received(
              "inputs "
                  + new TreeSet<>(called.getInputsMap().keySet())
                  + ", outputs "
                  + new TreeSet<>(called.getOutputsMap().keySet()))
          .next("call it by name: call(signature, inputs)")
          .build();
    }
    String alias = called.getInputsMap().keySet().iterator().next();
    return call(ServingSignature.DEFAULT_KEY, Map.of(alias, input)).values().iterator().next();
  }

  /**
   * For calls by tensors, to feed outputs back without copying them. It checks as {@link #call}
   * does and takes the tensors of {@link #signature} only.
   */
  public ModelSession session() {
    return session;
  }

  /** The folder that it was loaded from. */
  public Path folder() {
    return folder;
  }

  /**
   * One of the model's signatures.
   *
   * @throws UserError if the model does not have it
   */
  public ServingSignature signature(String key) {
    SignatureDef signature = find(key);
    return gate.within(
        () ->
            new ServingSignature(
                key, operands(signature.getInputsMap()), operands(signature.getOutputsMap())));
  }

  private SignatureDef find(String key) {
    SignatureDef signature = signatures.get(key);
    if (signature == null) {
      throw UserError.in(folder)
          .what("the model has no signature '" + key + "'")
          .expected("one of " + String.join(", ", new TreeSet<>(signatures.keySet())))
          .received("'" + key + "'")
          .build();
    }
    return signature;
  }

  private Map<String, Operand<?>> operands(Map<String, TensorInfo> tensors) {
    Map<String, Operand<?>> operands = new LinkedHashMap<>();
    tensors.forEach(
        (alias, info) -> {
          Output<?> tensor = SignatureTensors.tensor(bundle.graph(), info);
          if (tensor == null) {
            throw UserError.in(folder)
                .what("the tensor '" + info.getName() + "' is not in the graph")
                .build();
          }
          operands.put(alias, tensor);
        });
    return operands;
  }

  /**
   * The text of a file beside the manifest, see {@link ModelGuide#files}.
   *
   * @throws UserError if there is none
   */
  public String file(String name) {
    Path file = folder.resolve(ModelGuide.path(name));
    try {
      return RegularFiles.readString(file, RegularFiles.DESCRIPTION);
    } catch (IOException e) {
      throw UserError.in(file)
          .what("cannot be read")
          .received(e.toString())
          .next("export the model again")
          .cause(e)
          .build();
    }
  }

  /**
   * Sends the requests of the model's warm-up file, as a server does before it offers the model:
   * the first call of a signature is slower than the others.
   *
   * @return how many there were, 0 for a model without such a file
   * @throws UserError if the file is damaged or the model does not answer one
   */
  public int warmUp() {
    return WarmupReplay.send(folder, session);
  }

  /** Refuses new calls, waits until the running ones have ended, and frees the model. */
  @Override
  public void close() {
    if (gate.close()) {
      bundle.close();
    }
  }
}
