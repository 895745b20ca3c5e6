package org.hypernet4j.checkpoint;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.BundledTensor;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.RegularFiles;
import org.hypernet4j.io.TensorBundle;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * Named arrays in one of the forms that weights come in: a NumPy archive, a TensorFlow checkpoint
 * of either generation, or a SavedModel.
 *
 * <p>An array may have several names. Checkpoints of TensorFlow 2 know a variable by its path in
 * the tree of objects, {@code model/w/.ATTRIBUTES/VARIABLE_VALUE}; here {@code model/w} and the
 * variable's own name find it too, where no other array has these.
 */
public final class WeightFile {
  private static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
  private static final String ATTRIBUTE = "/.ATTRIBUTES/VARIABLE_VALUE";
  private static final Pattern STATE_FILE =
      Pattern.compile("(?m)^model_checkpoint_path: \"([^\"]+)\"");
  private static final String SAVED_MODEL = "saved_model.pb";

  private final String where;
  private final String kind;
  private final Map<String, String> described;
  private final Function<String, NpyArray> reader;
  private final Map<String, String> aliases = new TreeMap<>();

  private WeightFile(
      String where,
      String kind,
      Map<String, String> described,
      Function<String, NpyArray> reader,
      Map<String, ? extends Set<String>> otherNames) {
    this.where = where;
    this.kind = kind;
    this.described = new TreeMap<>(described);
    this.reader = reader;
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
   *     its {@code checkpoint} file; or a folder with {@code saved_model.pb} in it
   * @throws UserError if there is nothing of the kind, or it is damaged
   */
  public static WeightFile open(Path path) {
    String name = path.toString();
    if (Files.isRegularFile(path.resolve(SAVED_MODEL))) {
      return of(name, "SavedModel", TensorBundle.open(path.resolve("variables/variables")));
    } else if (Files.isDirectory(path)) {
      return of(name, "TensorFlow checkpoint", TensorBundle.open(latest(path)));
    } else if (name.endsWith(".index")) {
      Path prefix = Path.of(name.substring(0, name.length() - ".index".length()));
      return of(name, "TensorFlow checkpoint", TensorBundle.open(prefix));
    } else if (Files.exists(path.resolveSibling(path.getFileName() + ".index"))) {
      return of(name, "TensorFlow checkpoint", TensorBundle.open(path));
    } else if (name.endsWith(".npz")) {
      return of(name, Npz.read(path));
    }
    throw UserError.in(path)
        .what("no weights are known in this form")
        .expected("a .npz file, a TensorFlow checkpoint or the folder of a SavedModel")
        .received(Files.exists(path) ? "another file" : "nothing there")
        .next("name a checkpoint without '.index' and '.data-00000-of-00001'")
        .build();
  }

  /** Arrays that are in memory; {@code :0} at the end of a name may be left out. */
  public static WeightFile of(String where, Map<String, NpyArray> arrays) {
    Map<String, String> described = new LinkedHashMap<>();
    Map<String, Set<String>> others = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          described.put(name, array.toString());
          if (name.endsWith(":0")) {
            others.put(name, Set.of(name.substring(0, name.length() - 2)));
          }
        });
    return new WeightFile(
        where, "NumPy archive", described, name -> requireNonNull(arrays.get(name), name), others);
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
    return new WeightFile(where, kind, described, bundle::read, others);
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

  /** The prefix that a folder's {@code checkpoint} file names. */
  private static Path latest(Path folder) {
    Path state = folder.resolve("checkpoint");
    if (Files.isRegularFile(state)) {
      try {
        Matcher line = STATE_FILE.matcher(RegularFiles.readString(state, RegularFiles.WRITTEN));
        if (line.find()) {
          return folder.resolve(line.group(1));
        }
      } catch (IOException e) {
        throw UserError.in(state).what("cannot be read").received(e.getMessage()).cause(e).build();
      }
    }
    throw UserError.in(folder)
        .what("holds no weights of a known form")
        .expected("saved_model.pb, or a file 'checkpoint' that names the latest checkpoint")
        .next("give the folder of one model, or the checkpoint's name without '.index'")
        .build();
  }

  /** What the user called it. */
  public String where() {
    return where;
  }

  /** The form, for people. */
  public String kind() {
    return kind;
  }

  /** Every array's name, in alphabetic order. */
  public List<String> names() {
    return new ArrayList<>(described.keySet());
  }

  /** Type and shape of an array. */
  String describe(String name) {
    return String.valueOf(described.get(name));
  }

  /** The arrays that a pattern names, by any of their names. */
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
   * @throws UserError if it is no array of numbers, or damaged
   */
  NpyArray read(String name) {
    return reader.apply(name);
  }
}
