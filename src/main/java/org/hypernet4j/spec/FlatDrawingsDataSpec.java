// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Matches;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * Drawings of the user's as flat arrays: NAME.flat.npz.
 *
 * @param name null if the folder holds one such file, or the file itself is given
 */
@Doc("Drawings as flat arrays, NAME.flat.npz: {train,valid,test}_points and _lengths")
@TypeName("stroke-arrays")
public record FlatDrawingsDataSpec(
    @Doc("NAME of the file in the data folder, if it holds several")
        @Default(Default.NONE)
        @Matches(value = "[A-Za-z0-9_-]+", words = "letters, digits, _ and -")
        @Nullable String name,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {}
