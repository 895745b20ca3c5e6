// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.predict.Lease;
import org.hypernet4j.predict.NoSuchModelException;
import org.hypernet4j.predict.Predictor;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.VersionStatus;
import org.jspecify.annotations.Nullable;

/**
 * The models of a playground. What is made of one, a reader of texts for example, is kept while its
 * version is served, for the next request.
 */
final class PlayedModels implements AutoCloseable {
  /** Kept at most, besides those in use. */
  private static final int MOST_KEPT = 4;

  private static final int MOST_NAME = 1000;

  private final ServedModels served;
  private final List<Kept> kept = new ArrayList<>();
  private boolean closed;

  /** What was made of a version. */
  private static final class Kept {
    final Predictor predictor;
    final AutoCloseable value;
    int users;

    Kept(Predictor predictor, AutoCloseable value) {
      this.predictor = predictor;
      this.value = value;
    }
  }

  /** Something made of a version, which is neither closed nor unloaded before this is closed. */
  static final class Use<T extends AutoCloseable> implements AutoCloseable {
    private final T value;
    private final Runnable leaving;

    private Use(T value, Runnable leaving) {
      this.value = value;
      this.leaving = leaving;
    }

    T value() {
      return value;
    }

    @Override
    public void close() {
      leaving.run();
    }
  }

  PlayedModels(ServedModels served) {
    this.served = served;
  }

  /** All models in alphabetical order, each with what the page needs to know of it. */
  JsonObject list() {
    JsonArray models = new JsonArray();
    served.names().stream().sorted().forEach(name -> models.add(describe(name)));
    JsonObject answer = new JsonObject();
    answer.add("models", models);
    return answer;
  }

  private JsonObject describe(String name) {
    try (Lease lease = served.lease(name, null, null)) {
      return PlayedDescription.of(name, lease);
    } catch (NoSuchModelException | IllegalStateException e) {
      JsonObject json = new JsonObject();
      json.addProperty("name", name);
      json.addProperty("kind", "none");
      json.addProperty("reason", reason(name));
      return json;
    }
  }

  private String reason(String name) {
    List<VersionStatus> all;
    try {
      all = served.status(name);
    } catch (NoSuchModelException e) {
      return "It is not served any more.";
    }
    if (all.isEmpty()) {
      return "Its folder has no version.";
    }
    VersionStatus newest = all.get(0);
    String state = "Version " + newest.version() + " is in the state " + newest.state() + ".";
    return newest.message().isEmpty() ? state : state + " " + newest.message();
  }

  /** Takes the version that a request names, the newest if it names none. */
  Lease lease(Asked asked) {
    return served.lease(asked.text("model", MOST_NAME), asked.version(), null);
  }

  /**
   * Something of a version, made by the first who asks for it.
   *
   * @param kind of model that it is made of, in words
   * @param isOne tells whether a folder holds such a model
   * @param type of it: one of each is kept
   * @throws UserError if the model is of another kind
   */
  <T extends AutoCloseable> Use<T> use(
      Asked asked,
      String kind,
      Predicate<Path> isOne,
      Class<T> type,
      Function<LoadedModel, T> making) {
    Lease lease = lease(asked);
    boolean complete = false;
    try {
      if (!isOne.test(lease.folder())) {
        throw UserError.in("model '" + asked.text("model", MOST_NAME) + "'")
            .what("is not " + kind)
            .build();
      }
      Kept found = enter(lease.predictor(), type, making);
      complete = true;
      return new Use<>(
          type.cast(found.value),
          () -> {
            leave(found);
            lease.close();
          });
    } finally {
      if (!complete) {
        lease.close();
      }
    }
  }

  private synchronized <T extends AutoCloseable> Kept enter(
      Predictor predictor, Class<T> type, Function<LoadedModel, T> making) {
    if (closed) {
      throw new IllegalStateException("the playground is closed");
    }
    Kept found = find(predictor, type);
    if (found == null) {
      found = new Kept(predictor, making.apply(predictor.model()));
    }
    kept.remove(found);
    kept.add(found); // the last is the one used last
    found.users++;
    forget(predictor);
    return found;
  }

  private @Nullable Kept find(Predictor predictor, Class<?> type) {
    return kept.stream()
        .filter(each -> each.predictor == predictor && type.isInstance(each.value))
        .findFirst()
        .orElse(null);
  }

  private synchronized void leave(Kept left) {
    left.users--;
    if (closed && left.users == 0) {
      kept.remove(left);
      close(left);
    }
  }

  /** Closes what nobody uses: of versions that a newer one has replaced, and the oldest. */
  private void forget(Predictor current) {
    String name = current.description().name();
    long version = current.description().version();
    int idle = (int) kept.stream().filter(each -> each.users == 0).count();
    for (Iterator<Kept> each = kept.iterator(); each.hasNext(); ) {
      Kept old = each.next();
      boolean replaced =
          old.predictor != current
              && old.predictor.description().name().equals(name)
              && old.predictor.description().version() <= version;
      if (old.users == 0 && (replaced || idle > MOST_KEPT)) {
        idle--;
        each.remove();
        close(old);
      }
    }
  }

  private static void close(Kept old) {
    try {
      old.value.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes what nobody uses now, and the rest when it is left. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Iterator<Kept> each = kept.iterator(); each.hasNext(); ) {
      Kept old = each.next();
      if (old.users == 0) {
        each.remove();
        close(old);
      }
    }
  }
}
