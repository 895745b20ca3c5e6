// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.StrictJson;

/**
 * Reference cases on disk: {@code reference.npz} holds the arrays, {@code reference.json} maps each
 * array to an input or output of a signature.
 */
public final class ReferenceFiles {
  public static final String INDEX = "assets.extra/reference.json";
  public static final String ARRAYS = "assets.extra/reference.npz";
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private ReferenceFiles() {}

  private record Index(List<Case> cases) {}

  private record Case(String signature, Map<String, Array> inputs, Map<String, Array> outputs) {}

  private record Array(String array, String dtype, List<Long> shape) {}

  public static void write(Path modelFolder, List<ReferenceCase> cases) {
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

  /** Number of bytes of the arrays of some cases, without headers. */
  public static long bytes(List<ReferenceCase> cases) {
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
  public static List<ReferenceCase> read(Path modelFolder) {
    return read(modelFolder, new TreeSet<>());
  }

  /**
   * Reads the cases and checks that every array of the archive belongs to one.
   *
   * @throws UserError as there, or if an array is in none
   */
  public static List<ReferenceCase> readWhole(Path modelFolder) {
    Set<String> unused = new TreeSet<>();
    List<ReferenceCase> cases = read(modelFolder, unused);
    if (!unused.isEmpty()) {
      throw UserError.in(modelFolder.resolve(INDEX))
          .what("does not describe some arrays of " + ARRAYS + " are")
          .received(Fault.names(unused))
          .next("export the model again")
          .build();
    }
    return cases;
  }

  private static List<ReferenceCase> read(Path modelFolder, Set<String> unused) {
    Path file = modelFolder.resolve(INDEX);
    Map<String, NpyArray> arrays = Npz.read(modelFolder.resolve(ARRAYS));
    unused.addAll(arrays.keySet());
    return JsonFields.ofFile(StrictJson.parse(text(file), file.toString()), file, List.of("cases"))
        .list(
            "cases",
            (element, where) -> {
              JsonFields one = JsonFields.of(element, where, "signature", "inputs", "outputs");
              return new ReferenceCase(
                  one.text("signature"),
                  one.map("inputs", (array, at) -> load(array, at, arrays, unused)),
                  one.map("outputs", (array, at) -> load(array, at, arrays, unused)));
            });
  }

  private static String text(Path file) {
    try {
      return RegularFiles.readString(file, RegularFiles.DESCRIPTION);
    } catch (IOException e) {
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
          index.put(alias, describe(prefix + alias, array));
        });
    return index;
  }

  private static NpyArray load(
      JsonElement element, String where, Map<String, NpyArray> arrays, Set<String> unused) {
    JsonFields entry = JsonFields.of(element, where, "array", "dtype", "shape");
    String name = entry.text("array");
    NpyArray array = arrays.get(name);
    if (array == null || !unused.remove(name)) {
      throw UserError.in(where)
          .what("names an array that is " + (array == null ? "not in " + ARRAYS : "another's"))
          .received("'" + name + "'")
          .next("export the model again")
          .build();
    }
    Array actual = describe(name, array);
    if (!actual.equals(new Array(name, entry.text("dtype"), entry.wholes("shape")))) {
      throw UserError.in(where)
          .what("is not the array in " + ARRAYS)
          .expected(actual.dtype() + " " + actual.shape())
          .received(entry.text("dtype") + " " + entry.wholes("shape"))
          .next("export the model again")
          .build();
    }
    return array;
  }

  private static Array describe(String name, NpyArray array) {
    return new Array(name, array.type().numpyName(), Arrays.stream(array.shape()).boxed().toList());
  }
}
