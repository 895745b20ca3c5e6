// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** A translator of HyperNetworks, section 4.6, after GNMT. */
@Doc("A translator: encoder, attention and decoder of GNMT, every cell of any kind")
@TypeName("translation")
public record TranslationModelSpec(
    @Doc("V: pieces of both languages together; at least as many as the vocabulary has")
        @Range(min = 8, max = 1_000_000)
        int pieces,
    @Doc("The recurrent cell of every layer") CellSpec cell,
    @Doc("e: size of an embedding") @Range(min = 1, max = 65_536) int embeddingSize,
    @Doc("Layers of the encoder, the lowest in both directions")
        @Default("2")
        @Range(min = 1, max = 100)
        int encoderLayers,
    @Doc("Layers of the decoder, the lowest with the attention")
        @Default("2")
        @Range(min = 1, max = 100)
        int decoderLayers,
    @Doc("The attention") @Default("{}") AttentionSpec attention,
    @Doc(
            "The context that upper layers of the decoder read: gnmt of the step before, gnmt-v2 of"
                + " this step")
        @Default("\"gnmt-v2\"")
        Context context,
    @Doc("What the decoder begins with: the encoder's last states, or zeros")
        @Default("\"encoder\"")
        Start start,
    @Doc("Dropout in training; 'input' is that of every cell's input") @Default("{}") KeepSpec keep,
    @Doc("What the loss is divided by: sentences as in tensorflow/nmt, or pieces")
        @Default("\"sentence\"")
        LossPer lossPer,
    @Doc("Share of the probability that the loss spreads over all pieces; 0 for none")
        @Default("0")
        @Range(min = 0, below = 1)
        double labelSmoothing,
    @Doc("Bound of the uniform initial values of embedding and softmax")
        @Default("0.1")
        @Range(above = 0, max = 10)
        double initialRange,
    @Doc("The search") @Default("{}") BeamSpec beam)
    implements ModelSpec {

  /** Refuses settings that the network has no place for. */
  public TranslationModelSpec {
    if (keep.between() < 1) {
      throw UserError.in("keep.between")
          .what("the dropout between layers is that of the inputs here")
          .expected(1.0)
          .received(keep.between())
          .next("set 'keep.input' instead")
          .build();
    }
    keep.requirePlaces(cell, 1);
    if (start == Start.ENCODER && encoderLayers != decoderLayers) {
      throw UserError.in("start")
          .what(
              "the encoder's states are passed on layer by layer, but the layers differ in number")
          .expected("zeros, or decoderLayers " + encoderLayers)
          .received(
              "encoder, with encoderLayers "
                  + encoderLayers
                  + " and decoderLayers "
                  + decoderLayers)
          .build();
    }
    if (beam.beams() > pieces - 1) {
      throw UserError.in("beam.beams")
          .what("more translations than there are pieces to begin one with")
          .expected("at most " + (pieces - 1))
          .received(beam.beams())
          .build();
    }
  }

  /** The context that upper layers read. */
  public enum Context {
    /** That of the step before. */
    @SerializedName("gnmt")
    GNMT,
    /** That of this step. */
    @SerializedName("gnmt-v2")
    GNMT_V2
  }

  /** What the decoder begins with. */
  public enum Start {
    /** The last states of the encoder's layers. */
    @SerializedName("encoder")
    ENCODER,
    /** Zeros. */
    @SerializedName("zeros")
    ZEROS
  }

  /** What the loss is divided by. */
  public enum LossPer {
    /** The sentences of a batch. */
    @SerializedName("sentence")
    SENTENCE,
    /** The pieces of a batch. */
    @SerializedName("piece")
    PIECE
  }

  /** Batches are as long as their longest sentence. */
  @Override
  public boolean hasStepsOfOneSize() {
    return false;
  }

  @Override
  public String kind() {
    return "a translation model";
  }

  @Override
  public void requireFits(DataSpec data) {
    if (!(data instanceof ParallelTextDataSpec text)) {
      throw UserError.in("data.type")
          .what("a translation model cannot learn from these data")
          .expected("parallel-text")
          .received(data.typeName())
          .build();
    }
    if (text.vocabularySize() > pieces) {
      throw UserError.in("model.pieces")
          .what("the model has fewer pieces than the vocabulary")
          .expected("at least data.vocabularySize, " + text.vocabularySize())
          .received(pieces)
          .build();
    }
  }
}
