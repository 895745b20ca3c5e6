// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecType.VariantOf;
import org.jspecify.annotations.Nullable;

/** Gson with additions: sealed interfaces, and the path of a record that refused its values. */
public final class SpecGson {
  public static final Gson WRITER =
      new GsonBuilder()
          .registerTypeAdapterFactory(new SealedInterfaces())
          .disableHtmlEscaping()
          .setPrettyPrinting()
          .create();

  // apart from the writer: Gson would take the wrapped adapter of a record for a user's own and
  // prefer it to that of the sealed interface, so that no 'type' is written
  static final Gson READER = WRITER.newBuilder().registerTypeAdapterFactory(new Records()).create();

  private SpecGson() {}

  private static String path(JsonReader in) {
    return in.getPath().replaceFirst("^\\$\\.?", "");
  }

  private static String join(String path, String rest) {
    return path.isEmpty() || rest.isEmpty() ? path + rest : Place.key(path, rest);
  }

  /** Unwraps a constructor's {@link UserError} from Gson's exception and completes its path. */
  private static final class Records implements TypeAdapterFactory {
    @Override
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
      if (!type.getRawType().isRecord()) {
        return null;
      }
      TypeAdapter<T> plain = gson.getDelegateAdapter(this, type);
      return new TypeAdapter<T>() {
        @Override
        public T read(JsonReader in) throws IOException {
          String path = path(in);
          try {
            return plain.read(in);
          } catch (UserError inner) {
            throw inner; // a nested record has completed its path
          } catch (RuntimeException e) {
            if (e.getCause() instanceof UserError refusal) {
              throw refusal.at(join(path, refusal.where()));
            }
            throw e;
          }
        }

        @Override
        public void write(JsonWriter out, T value) throws IOException {
          plain.write(out, value);
        }
      };
    }
  }

  /** Chooses the record by the key {@code type}, and writes that key first. */
  private static final class SealedInterfaces implements TypeAdapterFactory {
    @Override
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
      if (!type.getRawType().isInterface() || !type.getRawType().isSealed()) {
        return null;
      }
      VariantOf variants = new VariantOf(type.getRawType());
      TypeAdapter<JsonElement> elements = gson.getAdapter(JsonElement.class);
      return new TypeAdapter<T>() {
        @Override
        public T read(JsonReader in) throws IOException {
          String path = path(in);
          JsonObject object = elements.read(in).getAsJsonObject();
          String name = object.remove(VariantOf.KEY).getAsString();
          SpecType.RecordOf chosen = variants.variants().get(name);
          if (chosen == null) {
            throw new IllegalStateException("unchecked type " + name);
          }
          try {
            @SuppressWarnings("unchecked") // the interface permits it, so it is a T
            T value = (T) gson.getAdapter(chosen.type()).fromJsonTree(object);
            return value;
          } catch (UserError refusal) {
            throw refusal.at(join(path, refusal.where()));
          }
        }

        @Override
        public void write(JsonWriter out, T value) throws IOException {
          JsonObject object = new JsonObject();
          object.addProperty(VariantOf.KEY, VariantOf.nameOf(value.getClass()));
          JsonObject fields = gson.toJsonTree(value, value.getClass()).getAsJsonObject();
          fields.asMap().forEach(object::add);
          elements.write(out, object);
        }
      }.nullSafe();
    }
  }
}
