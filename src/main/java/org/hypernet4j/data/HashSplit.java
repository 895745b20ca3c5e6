// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.pen.PenDrawing;

/**
 * Drawings without a given split, sorted into parts by a hash of the key of each: a drawing keeps
 * its part whatever the file's order, and when others come or go.
 *
 * <p>The hash is the first 53 bits of the key's SHA-256 as a fraction of 1: below the test share it
 * is for the test, below test and validation share together for validation.
 */
final class HashSplit {
  private final double validationShare;
  private final double testShare;
  private final List<PenDrawing> train = new ArrayList<>();
  private final List<PenDrawing> validation = new ArrayList<>();
  private final List<PenDrawing> test = new ArrayList<>();

  HashSplit(double validationShare, double testShare) {
    this.validationShare = validationShare;
    this.testShare = testShare;
  }

  void add(String key, PenDrawing drawing) {
    List.of(train, validation, test).get(part(key, validationShare, testShare)).add(drawing);
  }

  /** The part of a key: 0 for training, 1 for validation, 2 for test. */
  static int part(String key, double validationShare, double testShare) {
    long bits = ByteBuffer.wrap(Sha256.begin().digest(key.getBytes(UTF_8))).getLong();
    double place = (bits >>> 11) * 0x1p-53;
    return place < testShare ? 2 : place < testShare + validationShare ? 1 : 0;
  }

  /**
   * The parts.
   *
   * @param where the source, for error messages
   * @throws org.hypernet4j.error.UserError if one of them is empty
   */
  DrawingSplits parts(String where, List<String> notes) {
    return new DrawingSplits(
        new DrawingPart("train of " + where, train, List.of()),
        new DrawingPart("validation of " + where, validation, List.of()),
        new DrawingPart("test of " + where, test, List.of()),
        notes);
  }
}
