// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Networks made from noise z ~ N(0, I), as many as are asked for. */
sealed interface NoiseNetworks extends Networks permits BayesianNetworks, ImplicitNetworks {
  /** Z, numbers of noise for one network. */
  int noiseSize();

  /** The draws that all images of an evaluation see in one call; 0 for any number. */
  int together();

  /**
   * Every network reads all images.
   *
   * @param x {@code [n, pixels]}
   * @param z {@code [R, Z]}, with R = {@link #together} if that is not 0
   * @return logits {@code [R, n, classes]}
   */
  Operand<TFloat32> all(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z);

  /**
   * Every image has networks of its own.
   *
   * @param x {@code [n, pixels]}
   * @param z {@code [n, R, Z]}
   * @return logits {@code [n, R, classes]}
   */
  Operand<TFloat32> each(Ops tf, Operand<TFloat32> x, Operand<TFloat32> z);

  /**
   * One network.
   *
   * @param z {@code [1, Z]}
   * @return its weights by the names of {@code MlpNetwork}
   */
  Map<String, Operand<TFloat32>> weights(Ops tf, Operand<TFloat32> z);
}
