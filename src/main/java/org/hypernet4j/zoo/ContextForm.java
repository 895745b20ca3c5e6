// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

/**
 * Which context the upper layers of a translation's decoder read; the lowest reads the last one.
 */
public enum ContextForm {
  /** That of the step before, as the lowest layer: GNMT's own formula. */
  GNMT,
  /** That of this step: {@code gnmt_v2} of tensorflow/nmt. */
  GNMT_V2
}
