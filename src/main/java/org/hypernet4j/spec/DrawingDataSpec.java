// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

/** Data that are drawings: pen strokes, point by point. */
public sealed interface DrawingDataSpec
    permits OmniglotDataSpec,
        FlatDrawingsDataSpec,
        QuickDrawDataSpec,
        IamOnDbDataSpec,
        InkMlDataSpec,
        PenWordsDataSpec {
  /** What is done to the drawings between the file and the model. */
  DrawingsSpec drawings();
}
