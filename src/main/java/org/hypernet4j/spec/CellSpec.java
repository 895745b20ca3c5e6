// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** The recurrent cell of a language model; every layer has one of its own. */
@Doc("The recurrent cell")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface CellSpec
    permits CellSpec.BasicRnn,
        CellSpec.Lstm,
        CellSpec.HyperRnn,
        CellSpec.HyperLstm,
        CellSpec.Gru,
        CellSpec.HyperGru {

  /** Size of the output, N_h. */
  int units();

  /** Initial values of the weight matrices; recurrent ones are orthogonal for each gate anyway. */
  enum Initializer {
    /** The paper (A.2.3): input matrices orthogonal too. */
    @SerializedName("orthogonal")
    ORTHOGONAL,
    /** The first author's code: input matrices Glorot uniform over all gates together. */
    @SerializedName("reference")
    REFERENCE
  }

  /** The two forms of the HyperRNN. */
  enum HyperRnnForm {
    /** Equations 7 and 8: rows of one matrix are rescaled. */
    @SerializedName("scaled")
    SCALED,
    /** Equations 5 and 6: whole matrices are generated; N_z times the parameters. */
    @SerializedName("generated")
    GENERATED
  }

  /** The basic RNN of section 3.2. */
  @Doc("The basic RNN of HyperNetworks section 3.2")
  @TypeName("basic-rnn")
  record BasicRnn(@Doc("N_h: size of the output") @Range(min = 1, max = 65_536) int units)
      implements CellSpec {}

  /**
   * The LSTM of the paper's baselines (equation 9).
   *
   * @param bias whether gates have a bias; the paper's LN-LSTM has none, by its parameter counts
   */
  @Doc("The LSTM of HyperNetworks equation 9, with or without layer normalisation")
  @TypeName("lstm")
  record Lstm(
      @Doc("N_h: size of the output") @Range(min = 1, max = 65_536) int units,
      @Doc("Whether each gate's sum, and c on its way to the output, are normalised")
          @Default("false")
          boolean layerNorm,
      @Doc("Added to the variance in layer normalisation; 0.001 in the first author's code")
          @Default("0.001")
          @Range(min = 1e-9, max = 1)
          double epsilon,
      @Doc("Whether gates have a bias; the paper's LSTM with layer normalisation has none")
          @Default("true")
          boolean bias,
      @Doc("Added to the forget gate; 1 in the first author's code")
          @Default("1")
          @Range(min = -1000, max = 1000)
          double forgetBias,
      @Doc("Input matrix: orthogonal as in the paper, or as in its reference code")
          @Default("\"orthogonal\"")
          Initializer initializer)
      implements CellSpec {}

  /** The HyperRNN of section 3.2 around a basic RNN. */
  @Doc("The HyperRNN of HyperNetworks section 3.2; its small cell is a basic RNN")
  @TypeName("hyper-rnn")
  record HyperRnn(
      @Doc("N_h: size of the output") @Range(min = 1, max = 65_536) int units,
      @Doc("M: size of the small cell") @Range(min = 1, max = 65_536) int hyperUnits,
      @Doc("N_z: numbers in each embedding") @Range(min = 1, max = 65_536) int embeddingSize,
      @Doc("scaled: equations 7 and 8; generated: equations 5 and 6, N_z times the parameters")
          @Default("\"scaled\"")
          HyperRnnForm form)
      implements CellSpec {}

  /** The HyperLSTM (A.2.2, equations 10 to 13) around an LSTM. */
  @Doc("The HyperLSTM of HyperNetworks equations 10 to 13; its small cell is an LSTM")
  @TypeName("hyper-lstm")
  record HyperLstm(
      @Doc("N_h: size of the output") @Range(min = 1, max = 65_536) int units,
      @Doc("M: size of the small cell") @Range(min = 1, max = 65_536) int hyperUnits,
      @Doc("N_z: numbers in each of the twelve embeddings") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc("Whether the main cell is layer-normalised") @Default("true") boolean layerNorm,
      @Doc("Whether the small cell is layer-normalised") @Default("true") boolean hyperLayerNorm,
      @Doc("Added to the variance in layer normalisation; 0.001 in the first author's code")
          @Default("0.001")
          @Range(min = 1e-9, max = 1)
          double epsilon,
      @Doc("Added to the main cell's forget gate; 1 in the first author's code")
          @Default("1")
          @Range(min = -1000, max = 1000)
          double forgetBias,
      @Doc("Added to the small cell's forget gate; 1 in the first author's code")
          @Default("1")
          @Range(min = -1000, max = 1000)
          double hyperForgetBias,
      @Doc("Input matrices: orthogonal as in the paper, or as in its reference code")
          @Default("\"orthogonal\"")
          Initializer initializer)
      implements CellSpec {}

  /** The gated recurrent unit, in the form of Keras and PyTorch or in that of Cho et al. */
  @Doc("The gated recurrent unit (GRU), with or without layer normalisation")
  @TypeName("gru")
  record Gru(
      @Doc("N_h: size of the output") @Range(min = 1, max = 65_536) int units,
      @Doc("Whether each gate's sum is normalised") @Default("false") boolean layerNorm,
      @Doc("Added to the variance in layer normalisation; 0.001 in the first author's code")
          @Default("0.001")
          @Range(min = 1e-9, max = 1)
          double epsilon,
      @Doc("Whether gates have biases") @Default("true") boolean bias,
      @Doc(
              "true: the reset gate multiplies the product with the recurrent matrix, as in Keras"
                  + " and PyTorch; false: the state before it")
          @Default("true")
          boolean resetAfter,
      @Doc("Input matrix: orthogonal, or as in the paper's reference code")
          @Default("\"orthogonal\"")
          Initializer initializer)
      implements CellSpec {}

  /** A GRU whose weights a smaller GRU rescales at every step, in the form of the HyperLSTM. */
  @Doc("A GRU whose weights a small GRU rescales, in the form of HyperNetworks equations 10 to 12")
  @TypeName("hyper-gru")
  record HyperGru(
      @Doc("N_h: size of the output") @Range(min = 1, max = 65_536) int units,
      @Doc("M: size of the small cell") @Range(min = 1, max = 65_536) int hyperUnits,
      @Doc("N_z: numbers in each of the nine embeddings") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc("Whether the main cell is layer-normalised") @Default("true") boolean layerNorm,
      @Doc("Whether the small cell is layer-normalised") @Default("true") boolean hyperLayerNorm,
      @Doc("Added to the variance in layer normalisation; 0.001 in the first author's code")
          @Default("0.001")
          @Range(min = 1e-9, max = 1)
          double epsilon,
      @Doc(
              "true: the reset gates multiply the product with the recurrent matrix, as in Keras"
                  + " and PyTorch; false: the state before it")
          @Default("true")
          boolean resetAfter,
      @Doc("Input matrices: orthogonal, or as in the paper's reference code")
          @Default("\"orthogonal\"")
          Initializer initializer)
      implements CellSpec {}
}
