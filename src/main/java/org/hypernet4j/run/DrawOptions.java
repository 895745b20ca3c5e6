// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of pictures of a trained model. At most one text is given.
 *
 * @param folder the folder of the files
 * @param text a text to read, or null
 * @param textFile the file of a text to read, or null; without a text one is taken from the data
 * @param data the user's copy of the data, or null for the built-in data
 * @param length the largest number of symbols of the text that are read
 */
public record DrawOptions(
    Path folder, @Nullable String text, @Nullable Path textFile, @Nullable Path data, int length) {}
