// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Doc;
import org.hypernet4j.json.SpecType;

/** The data that a model learns from. */
@Doc("The data")
public sealed interface DataSpec
    permits MnistDataSpec,
        Cifar10DataSpec,
        PtbDataSpec,
        BytesDataSpec,
        TextDataSpec,
        OmniglotDataSpec,
        FlatDrawingsDataSpec,
        QuickDrawDataSpec,
        IamOnDbDataSpec,
        InkMlDataSpec,
        PenWordsDataSpec,
        ParallelTextDataSpec {
  /** Its type name in a specification, {@code mnist}. */
  default String typeName() {
    return SpecType.VariantOf.nameOf(getClass());
  }
}
