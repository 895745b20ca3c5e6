// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.internal.BundledTensor;
import org.hypernet4j.io.internal.TensorBundle;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * Named arrays from a file of weights: a NumPy archive, a TensorFlow checkpoint of either
 * generation, a SavedModel, or a checkpoint of this library.
 *
 * <p>An array may have several names. Checkpoints of TensorFlow 2 name a variable by its path in
 * the tree of objects, {@code model/w/.ATTRIBUTES/VARIABLE_VALUE}; {@code model/w} and the
 * variable's own name work too, unless another array has that name.
 */
public final class WeightFile {
  private static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
  private static final String ATTRIBUTE = "/.ATTRIBUTES/VARIABLE_VALUE";
  private static final String SAVED_MODEL = "saved_model.pb";
  private static final String CHECKPOINT = "TensorFlow checkpoint";

  private final String where;
  private final String kind;
  private final Map<String, String> described;
  private final Function<String, NpyArray> reader;
  private final List<String> bfloat16;
  private @Nullable Checkpoint checkpoint;
  private final Map<String, String> aliases = new TreeMap<>();

  private WeightFile(
      String where,
      String kind,
      Map<String, String> described,
      Function<String, NpyArray> reader,
      Map<String, ? extends Set<String>> otherNames,
      List<String> bfloat16) {
    this.where = where;
    this.kind = kind;
    this.described = new TreeMap<>(described);
    this.reader = reader;
    this.bfloat16 = bfloat16;
    Set<String> ambiguous = new LinkedHashSet<>();
    otherNames.forEach(
        (name, others) -> {
          for (String other : others) {
            String before = aliases.put(other, name);
            if (before != null && !before.equals(name)) {
              ambiguous.add(other);
            }
          }
        });
    aliases.keySet().removeAll(ambiguous);
    aliases.keySet().removeAll(described.keySet());
  }

  /**
   * Opens weights.
   *
   * @param path a {@code .npz} file; a checkpoint's prefix or {@code .index} file, or the folder of
   *     its {@code checkpoint} file; a folder with {@code saved_model.pb} in it; a checkpoint of
   *     this library, {@code best.ckpt}
   * @throws UserError if there are no weights of a known form, or they are damaged; for a format of
   *     another framework the message shows how to convert it
   */
  public static WeightFile open(Path path) {
    String name = path.toString();
    if (Files.isRegularFile(path.resolve(SAVED_MODEL))) {
      return of(name, "SavedModel", TensorBundle.open(path.resolve("variables/variables")));
    } else if (Files.isDirectory(path)) {
      return of(name, CHECKPOINT, TensorBundle.open(CheckpointState.latest(path)));
    } else if (name.endsWith(".index")) {
      Path prefix = Path.of(name.substring(0, name.length() - ".index".length()));
      return of(name, CHECKPOINT, TensorBundle.open(prefix));
    } else if (Files.exists(path.resolveSibling(path.getFileName() + ".index"))) {
      return of(name, CHECKPOINT, TensorBundle.open(path));
    }
    WeightFormat format = WeightFormat.of(path);
    return switch (format) {
      case NUMPY_ARCHIVE -> of(name, Npz.readContents(path));
      case OWN_CHECKPOINT -> {
        Checkpoint checkpoint = CheckpointFile.read(path);
        WeightFile file = of(name, "checkpoint of a run", checkpoint.values(), Map.of(), List.of());
        file.checkpoint = checkpoint;
        yield file;
      }
      default -> throw format.refusal(path);
    };
  }

  /** Arrays in memory; {@code :0} at the end of a name may be omitted. */
  public static WeightFile of(String where, Map<String, NpyArray> arrays) {
    return of(where, new Npz.Contents(arrays, Map.of(), List.of()));
  }

  private static WeightFile of(String where, Npz.Contents contents) {
    return of(
        where, "NumPy archive", contents.arrays(), contents.unreadable(), contents.bfloat16());
  }

  private static WeightFile of(
      String where,
      String kind,
      Map<String, NpyArray> arrays,
      Map<String, UserError> unreadable,
      List<String> bfloat16) {
    Map<String, String> described = new LinkedHashMap<>();
    Map<String, Set<String>> others = new LinkedHashMap<>();
    unreadable.keySet().forEach(name -> described.put(name, "of texts or objects"));
    arrays.forEach(
        (name, array) -> {
          described.put(name, array.toString());
          if (name.endsWith(":0")) {
            others.put(name, Set.of(name.substring(0, name.length() - 2)));
          }
        });
    return new WeightFile(
        where,
        kind,
        described,
        name -> {
          UserError refusal = unreadable.get(name);
          if (refusal != null) {
            throw refusal;
          }
          return requireNonNull(arrays.get(name), name);
        },
        others,
        bfloat16);
  }

  private static WeightFile of(String where, String kind, TensorBundle bundle) {
    Map<String, String> described = new LinkedHashMap<>();
    Map<String, Set<String>> others = new LinkedHashMap<>();
    for (BundledTensor tensor : bundle.tensors().values()) {
      String name = tensor.name();
      if (!name.equals(OBJECT_GRAPH)) {
        described.put(name, tensor.toString());
        if (name.endsWith(ATTRIBUTE)) {
          String path = name.substring(0, name.length() - ATTRIBUTE.length());
          others.put(name, new LinkedHashSet<>(List.of(path)));
        }
      }
    }
    if (bundle.tensors().containsKey(OBJECT_GRAPH)) {
      addVariableNames(where, bundle.readText(OBJECT_GRAPH), others);
    }
    return new WeightFile(where, kind, described, bundle::read, others, List.of());
  }

  private static void addVariableNames(
      String where, byte[] graph, Map<String, Set<String>> others) {
    try {
      TrackableObjectGraph.parseFrom(graph).getNodesList().stream()
          .flatMap(node -> node.getAttributesList().stream())
          .filter(attribute -> !attribute.getFullName().isEmpty())
          .forEach(
              attribute -> {
                Set<String> names = others.get(attribute.getCheckpointKey());
                if (names != null) {
                  names.add(attribute.getFullName());
                }
              });
    } catch (InvalidProtocolBufferException e) {
      throw UserError.in(where)
          .what("the checkpoint's tree of objects cannot be read")
          .received(e.getMessage())
          .cause(e)
          .build();
    }
  }

  /**
   * The arrays whose names begin with a prefix, under the rest of their names. The file then looks
   * like that of one part of a larger model, without extra arrays.
   *
   * <pre>{@code
   * WeightFile encoder = WeightFile.open(file).under("encoder.lstm."); // weight_ih_l0, ...
   * }</pre>
   *
   * @param prefix with the sign at its end that separates it, a point or a slash
   * @throws UserError if no name begins with it
   */
  public WeightFile under(String prefix) {
    Map<String, String> whole = new TreeMap<>();
    Map<String, String> inside = new LinkedHashMap<>();
    Map<String, Set<String>> others = new LinkedHashMap<>();
    Stream.concat(
            described.keySet().stream().map(name -> Map.entry(name, name)),
            aliases.entrySet().stream())
        .filter(entry -> entry.getKey().length() > prefix.length())
        .filter(entry -> entry.getKey().startsWith(prefix))
        .forEach(
            entry -> {
              String rest = entry.getKey().substring(prefix.length());
              String name = entry.getValue();
              String known = whole.putIfAbsent(name, rest);
              if (known == null) {
                inside.put(rest, String.valueOf(described.get(name)));
              } else {
                others.computeIfAbsent(known, key -> new LinkedHashSet<>()).add(rest);
              }
            });
    if (inside.isEmpty()) {
      throw UserError.in(where)
          .what("no array has a name that begins with '" + prefix + "'")
          .expected("the beginning of a name, such as that of '" + nearest(prefix) + "'")
          .received("'" + prefix + "'")
          .build();
    }
    Map<String, String> back = new LinkedHashMap<>();
    whole.forEach((name, rest) -> back.put(rest, name));
    return new WeightFile(
        where + ", under " + prefix,
        kind,
        inside,
        name -> reader.apply(requireNonNull(back.get(name), name)),
        others,
        bfloat16.stream().filter(whole::containsKey).map(name -> whole.get(name)).toList());
  }

  private String nearest(String name) {
    return described.isEmpty() ? "none" : Nearest.of(name, names());
  }

  /** The file or name as the user gave it. */
  public String where() {
    return where;
  }

  /** The kind of file, human-readable. */
  public String kind() {
    return kind;
  }

  /**
   * Arrays whose elements are two bytes of {@code void} in the archive. They are read as bfloat16,
   * which NumPy saves in this way; the file itself does not name the type.
   */
  public List<String> bfloat16() {
    return List.copyOf(bfloat16);
  }

  /** The checkpoint, if the file is a checkpoint of this library. */
  public Optional<Checkpoint> ownCheckpoint() {
    return Optional.ofNullable(checkpoint);
  }

  /** Names of all arrays in alphabetical order. */
  public List<String> names() {
    return new ArrayList<>(described.keySet());
  }

  /** Type and shape of an array. */
  String describe(String name) {
    return String.valueOf(described.get(name));
  }

  /** The arrays of which any name matches a pattern. */
  Set<String> find(String pattern) {
    String exact = exact(pattern);
    if (exact != null) {
      return Set.of(exact);
    }
    NamePattern names = new NamePattern(pattern);
    Set<String> found = new LinkedHashSet<>();
    described.keySet().stream().filter(names::matches).forEach(found::add);
    aliases.forEach(
        (alias, name) -> {
          if (names.matches(alias)) {
            found.add(name);
          }
        });
    return found;
  }

  private @Nullable String exact(String name) {
    return described.containsKey(name) ? name : aliases.get(name);
  }

  /**
   * Reads an array.
   *
   * @throws UserError if it is not an array of numbers, or is damaged
   */
  NpyArray read(String name) {
    return reader.apply(name);
  }
}
