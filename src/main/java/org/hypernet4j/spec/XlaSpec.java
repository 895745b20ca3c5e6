package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;

/** How much of a training step XLA compiles. */
public enum XlaSpec {
  /** Nothing. */
  @SerializedName("off")
  OFF,
  /** What a recurrent network computes in one step of time, forwards and backwards. */
  @SerializedName("cell")
  CELL,
  /** Loss, gradients and update; with several replicas each replica's loss and gradients. */
  @SerializedName("step")
  STEP
}
