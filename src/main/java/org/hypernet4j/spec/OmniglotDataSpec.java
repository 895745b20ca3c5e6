// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.TypeName;

/** Omniglot: handwritten characters of 50 alphabets; without a file, a sample of it. */
@Doc("Omniglot: handwritten characters of 50 alphabets, as omniglot.flat.npz; built in: a sample")
@TypeName("omniglot")
public record OmniglotDataSpec(
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {}
