// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** The file {@code saved_model.pb} as a loader sees it. */
public final class SavedModelFile {
  /** The mark that {@link ModelGraph} writes into a model's meta information. */
  static final String MARK = "hypernet4j";

  // the form for large models, which loaders prefer to the other one
  private static final String CHUNKED = "saved_model.cpb";

  private SavedModelFile() {}

  /** Reads the file, which TensorFlow has not seen yet. */
  public static SavedModel read(Path folder) throws IOException {
    return SavedModel.parseFrom(
        RegularFiles.readAllBytes(folder.resolve(ModelFiles.MODEL), RegularFiles.RECORD));
  }

  /** The graph that loaders take: the first with just the tag {@code serve}, however often. */
  public static @Nullable MetaGraphDef serving(SavedModel saved) {
    return saved.getMetaGraphsList().stream()
        .filter(
            each -> Set.copyOf(each.getMetaInfoDef().getTagsList()).equals(Set.of(ModelGraph.TAG)))
        .findFirst()
        .orElse(null);
  }

  /** Why a loader would not read the file that was judged, or null if it does. */
  public static @Nullable String hidden(Path folder) {
    return Files.exists(folder.resolve(CHUNKED))
        ? CHUNKED + " is there, which loaders read in the place of " + ModelFiles.MODEL
        : null;
  }

  /**
   * Whether this library wrote the model: known by its manifest or its mark in the graph, and for
   * models older than the mark by files that only this library adds.
   */
  public static boolean isOurs(Path folder, @Nullable MetaGraphDef model) {
    boolean marked = model != null && model.getMetaInfoDef().getMetaGraphVersion().startsWith(MARK);
    return marked
        || Manifest.isIn(folder)
        || Stream.of(ReferenceFiles.INDEX, ReferenceFiles.ARRAYS, ModelFiles.BATCHING)
            .anyMatch(file -> Files.exists(folder.resolve(file)));
  }
}
