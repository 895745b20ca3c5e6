// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.Overrides;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.StrictJson;

/** Reads specification files as the command line names them. */
public final class SpecFiles {
  private static final int LARGEST = 1 << 20;

  private SpecFiles() {}

  /**
   * Reads an experiment.
   *
   * @param file a JSON file in UTF-8 of at most 1 MiB
   * @param overrides settings {@code path=value}, applied in order before anything is checked; they
   *     take precedence over the file's {@code sample} section too
   * @throws UserError if the file cannot be read or its content cannot be used
   */
  public static ExperimentSpec read(Path file, List<String> overrides) {
    ExperimentSpec spec = read(ExperimentSpec.class, file, overrides);
    if (spec.sample() != null) {
      // a sample section that does not fit is reported now, not on the machine without the data
      ExperimentSpec unused = SampleSettings.apply(spec, file.toString());
    }
    return spec;
  }

  /**
   * Reads a comparison of several models.
   *
   * @param file as for {@link #read(Path, List)}
   * @param overrides as there
   * @throws UserError as there; a misfit of a single candidate is reported too
   */
  public static ComparisonSpec readComparison(Path file, List<String> overrides) {
    ComparisonSpec spec = read(ComparisonSpec.class, file, overrides);
    for (ExperimentSpec each : spec.experiments()) {
      ExperimentSpec unused = SampleSettings.apply(each, file.toString());
    }
    return spec;
  }

  private static <T extends Record> T read(Class<T> type, Path file, List<String> overrides) {
    JsonElement tree = StrictJson.parse(text(file), file.toString());
    Place place = Place.file(file.toString());
    if (tree.isJsonObject() && !overrides.isEmpty()) {
      JsonObject root = tree.getAsJsonObject();
      Overrides settings = new Overrides(root, type);
      overrides.forEach(settings::apply);
      SampleSettings.forget(root, settings.decided());
      place = new Place(file.toString(), settings.given());
    }
    return SpecReader.read(type, tree, place);
  }

  private static String text(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw UserError.in(file)
            .what("is a folder")
            .expected("a specification file in JSON")
            .next("give a file, for example graphs/mnist-hyper.json")
            .build();
      }
      byte[] bytes;
      try (InputStream in = RegularFiles.newInputStream(file)) {
        bytes = in.readNBytes(LARGEST + 1);
      }
      if (bytes.length > LARGEST) {
        throw UserError.in(file)
            .what("too large for a specification")
            .expected("at most 1 MiB of JSON")
            .next("give the specification, not the data or a model")
            .build();
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw UserError.in(file)
          .what("not a text in UTF-8")
          .expected("a specification file in JSON")
          .cause(e)
          .build();
    } catch (NoSuchFileException e) {
      throw UserError.in(file)
          .what("no such file")
          .expected("a specification file in JSON")
          .next("the specifications that come with Hypernet4J are in graphs/")
          .cause(e)
          .build();
    } catch (IOException e) {
      throw UserError.in(file)
          .what("cannot be read (" + e.getClass().getSimpleName() + ")")
          .expected("a readable specification file")
          .next("check its permissions")
          .cause(e)
          .build();
    }
  }
}
