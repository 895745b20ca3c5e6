package org.hypernet4j.checkpoint;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.io.NpyArray;

/**
 * Everything that a run needs to go on as if it had never been stopped. Cannot be changed.
 *
 * <p>There is no data cursor besides {@code step}: the batch of a step is a function of the data
 * set, the seed and the step alone, so a resumed run asks for batch {@code step} and gets the batch
 * that the stopped run would have used next. That the data set is the same is what {@code
 * dataFingerprint} is for.
 *
 * @param step how many steps were finished, and so the index of the next batch; not negative
 * @param seed the seed of the run: initial values, order of the data, dropout
 * @param specification canonical JSON text of the experiment; kept character by character
 * @param dataFingerprint names the content of the data set
 * @param values every parameter by full name, optimizer slots included, in order of creation
 * @param state what listeners want to remember, by name of the listener: the best value of early
 *     stopping, say. JSON has no numbers NaN and Infinity, so these become the texts {@code "NaN"},
 *     {@code "Infinity"} and {@code "-Infinity"}; {@code getAsDouble()} reads them as numbers.
 */
public record Checkpoint(
    long step,
    long seed,
    String specification,
    String dataFingerprint,
    Map<String, NpyArray> values,
    JsonObject state) {

  /**
   * Copies the map and the state.
   *
   * @throws IllegalArgumentException if the step is negative or a value has no name
   */
  public Checkpoint {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
    if (values.containsKey("")) {
      throw new IllegalArgumentException("a value needs a name");
    }
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    // Through text, not deepCopy: what is in memory then equals what comes back from a file.
    state = JsonParser.parseString(state.toString()).getAsJsonObject();
  }

  /** A copy of the listeners' state. */
  @Override
  public JsonObject state() {
    return state.deepCopy();
  }

  /** The step and the number of values; a specification would fill the screen. */
  @Override
  public String toString() {
    return "checkpoint of step " + step + " with " + values.size() + " arrays";
  }
}
