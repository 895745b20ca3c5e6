// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.hypernet4j.export.ModelTrust;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * The ops that a model may run. The list of those that are harmless whatever they are given is the
 * resource {@code inference-ops.txt}; a few more are harmless with certain attributes, or with a
 * file name that comes from the loader.
 */
final class OpPolicy {
  /** Condition on the file name that an op receives. */
  enum FileName {
    /** The op takes none. */
    NONE,
    /** The checkpoint's, which the loader feeds. */
    CHECKPOINT,
    /** An asset's, which the loader feeds. */
    ASSET
  }

  private static final Set<String> HARMLESS = read("inference-ops.txt");
  private static final Set<String> RESTORING = Set.of("RestoreV2", "Restore", "RestoreSlice");
  private static final Set<String> READING_TABLES =
      Set.of("InitializeTableFromTextFile", "InitializeTableFromTextFileV2");

  private final ModelTrust trust;

  OpPolicy(ModelTrust trust) {
    this.trust = trust;
  }

  /** Whether the node may run, provided that its file name meets {@link #fileName}. */
  boolean allows(NodeDef node) {
    String op = node.getOp();
    if (trust.ops().contains(op)) {
      return true;
    }
    if (makesHandle(node)) {
      return false;
    }
    if (HARMLESS.contains(op)) {
      return true;
    }
    if (node.getAttrMap().values().stream().anyMatch(AttrValue::hasPlaceholder)) {
      return false; // the caller of the function that the node is in fills in the value
    }
    return switch (op) {
      case "PrintV2" -> !text(node, "output_stream").startsWith("file:");
      case "EncodeProto", "DecodeProtoV2" -> {
        String source = text(node, "descriptor_source");
        yield source.isEmpty() || source.equals("local://") || source.startsWith("bytes://");
      }
      case "FixedUnigramCandidateSampler" -> text(node, "vocab_file").isEmpty();
      default -> fileName(node) != FileName.NONE;
    };
  }

  /** Whether the node creates the handle of a variable or table from arbitrary bytes. */
  private static boolean makesHandle(NodeDef node) {
    return node.getAttrMap().values().stream()
            .anyMatch(value -> value.getTensor().getDtype() == DataType.DT_RESOURCE)
        || (node.getOp().equals("ParseTensor")
            && node.getAttrOrDefault("out_type", AttrValue.getDefaultInstance()).getType()
                == DataType.DT_RESOURCE);
  }

  /** The condition on the node's file name; for an op that the user allows, any is accepted. */
  FileName fileName(NodeDef node) {
    String op = node.getOp();
    if (trust.ops().contains(op)) {
      return FileName.NONE;
    }
    return RESTORING.contains(op)
        ? FileName.CHECKPOINT
        : READING_TABLES.contains(op) ? FileName.ASSET : FileName.NONE;
  }

  /** Index of the file name among the node's inputs. */
  static int fileNameInput(NodeDef node) {
    return RESTORING.contains(node.getOp()) ? 0 : 1;
  }

  private static String text(NodeDef node, String attribute) {
    return node.getAttrOrDefault(attribute, AttrValue.getDefaultInstance()).getS().toStringUtf8();
  }

  /** The ops that are harmless whatever they are given. */
  static Set<String> harmless() {
    return HARMLESS;
  }

  private static Set<String> read(String resource) {
    try (InputStream in = OpPolicy.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
