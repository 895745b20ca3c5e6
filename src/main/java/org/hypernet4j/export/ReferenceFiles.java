package org.hypernet4j.export;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.RegularFiles;

/**
 * Reference cases on disk: {@code reference.npz} holds the arrays, {@code reference.json} says
 * which array is which input or output of which signature.
 */
final class ReferenceFiles {
  static final String INDEX = "assets.extra/reference.json";
  static final String ARRAYS = "assets.extra/reference.npz";
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private ReferenceFiles() {}

  private record Index(List<Case> cases) {}

  private record Case(String signature, Map<String, Array> inputs, Map<String, Array> outputs) {}

  private record Array(String array, String dtype, List<Long> shape) {}

  static void write(Path modelFolder, List<ReferenceCase> cases) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    List<Case> index = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      ReferenceCase one = cases.get(i);
      index.add(
          new Case(
              one.signature(),
              store("case" + i + "/inputs/", one.inputs(), arrays),
              store("case" + i + "/outputs/", one.outputs(), arrays)));
    }
    Npz.write(modelFolder.resolve(ARRAYS), arrays);
    AtomicFiles.writeString(
        modelFolder.resolve(INDEX), GSON.toJson(new Index(index)) + System.lineSeparator());
  }

  /** How many bytes the arrays of some cases need, headers not counted. */
  static long bytes(List<ReferenceCase> cases) {
    return cases.stream()
        .flatMap(one -> Stream.of(one.inputs(), one.outputs()))
        .flatMap(arrays -> arrays.values().stream())
        .mapToLong(array -> (long) array.size() * array.type().bytes())
        .sum();
  }

  /**
   * Reads all cases.
   *
   * @throws UserError if a file is missing or damaged, or the two do not fit each other
   */
  static List<ReferenceCase> read(Path modelFolder) {
    Path file = modelFolder.resolve(INDEX);
    Map<String, NpyArray> arrays = Npz.read(modelFolder.resolve(ARRAYS));
    try {
      Index index =
          GSON.fromJson(RegularFiles.readString(file, RegularFiles.DESCRIPTION), Index.class);
      List<ReferenceCase> cases = new ArrayList<>();
      for (Case one : index.cases()) {
        cases.add(
            new ReferenceCase(
                one.signature(),
                load(file, one.inputs(), arrays),
                load(file, one.outputs(), arrays)));
      }
      return cases;
    } catch (IOException | JsonParseException | NullPointerException e) {
      // Gson leaves null what the file does not have
      throw UserError.in(file)
          .what("cannot be read as an index of reference cases")
          .received(e.getMessage())
          .next("export the model again")
          .cause(e)
          .build();
    }
  }

  private static Map<String, Array> store(
      String prefix, Map<String, NpyArray> values, Map<String, NpyArray> arrays) {
    Map<String, Array> index = new LinkedHashMap<>();
    values.forEach(
        (alias, array) -> {
          arrays.put(prefix + alias, array);
          index.put(
              alias,
              new Array(
                  prefix + alias,
                  array.type().numpyName(),
                  Arrays.stream(array.shape()).boxed().toList()));
        });
    return index;
  }

  private static Map<String, NpyArray> load(
      Path file, Map<String, Array> index, Map<String, NpyArray> arrays) {
    Map<String, NpyArray> values = new LinkedHashMap<>();
    index.forEach(
        (alias, entry) -> {
          NpyArray array = arrays.get(entry.array());
          if (array == null) {
            throw UserError.in(file)
                .what("names an array that is not in " + ARRAYS)
                .received("'" + entry.array() + "'")
                .next("export the model again")
                .build();
          }
          values.put(alias, array);
        });
    return values;
  }
}
