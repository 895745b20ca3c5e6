// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;

/**
 * One network of a family as an ordinary network, without the generator.
 *
 * @param name of the condition, for the model's name: letters, digits, '_' and '-'
 * @param build builds the ordinary network with its signatures
 * @param values the values of its parameters by name
 * @param references what the family's own network computes, which the ordinary one must reproduce
 */
public record BakedMember(
    String name,
    Function<ParameterStore, List<ServingSignature>> build,
    Map<String, float[]> values,
    List<ReferenceCase> references) {}
