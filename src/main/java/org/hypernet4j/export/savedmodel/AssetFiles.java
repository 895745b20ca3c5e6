// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;

/** The files in {@code assets} that a model gets the paths of when it is loaded. */
public final class AssetFiles {
  private static final String COLLECTION = "saved_model_assets";

  private AssetFiles() {}

  /**
   * The assets that the model lists, in the field of TensorFlow 2 or the collection of TensorFlow
   * 1. Like the loader, it ignores the collection if the field has an entry; the tensors of the
   * collection are then not fed.
   */
  public static List<AssetFileDef> of(MetaGraphDef model) {
    if (model.getAssetFileDefCount() > 0) {
      return model.getAssetFileDefList();
    }
    List<AssetFileDef> assets = new ArrayList<>();
    CollectionDef listed = model.getCollectionDefMap().get(COLLECTION);
    if (listed != null) {
      for (Any any : listed.getAnyList().getValueList()) {
        try {
          assets.add(any.unpack(AssetFileDef.class));
        } catch (InvalidProtocolBufferException e) {
          // an entry that is not an asset is fed to nothing
        }
      }
    }
    return assets;
  }

  /** Why a file name may not be handed to the model, or null if it may. */
  public static @Nullable String problem(Path folder, AssetFileDef asset) {
    String name = asset.getFilename();
    try {
      Path assets = folder.resolve("assets");
      Path file = assets.resolve(name).normalize();
      if (name.isEmpty()
          || Path.of(name).isAbsolute()
          // after a link, '..' leads elsewhere than normalize() assumes
          || List.of(name.split("/")).contains("..")
          || !file.startsWith(assets.normalize())) {
        return "the asset '" + name + "' is not in the model's folder 'assets'";
      }
      if (Files.exists(file) && !file.toRealPath().startsWith(folder.toRealPath())) {
        return "the asset '" + name + "' is a link to a file outside the model's folder";
      }
      return null;
    } catch (IOException | InvalidPathException e) {
      return "the asset '" + name + "' cannot be found: " + e.getMessage();
    }
  }
}
