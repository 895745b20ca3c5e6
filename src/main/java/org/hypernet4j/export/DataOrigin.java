// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.Map;

/**
 * What is known of a kind of training data by the word that specifications use for it.
 *
 * @param title in words
 * @param licence as those who made the data state it, or that it is not known here
 * @param hub the name of the data set on the Hugging Face hub; empty if there is none, or if it
 *     depends on the user's files
 */
public record DataOrigin(String title, String licence, String hub) {
  private static final String OWN = "not known here: the data are those of whoever trained it";

  private static final DataOrigin UNKNOWN = new DataOrigin("data of the user's own", OWN, "");

  private static final Map<String, DataOrigin> KNOWN =
      Map.ofEntries(
          Map.entry(
              "mnist",
              new DataOrigin(
                  "the MNIST database of handwritten digits",
                  "Creative Commons Attribution-ShareAlike 3.0, by Yann LeCun, Corinna Cortes and"
                      + " Christopher J.C. Burges",
                  "mnist")),
          Map.entry(
              "cifar10",
              new DataOrigin(
                  "CIFAR-10", "its authors state none (Krizhevsky, Nair, Hinton)", "cifar10")),
          Map.entry(
              "ptb",
              new DataOrigin(
                  "the Penn Treebank as prepared by Mikolov",
                  "of the Linguistic Data Consortium",
                  "")),
          Map.entry(
              "text",
              new DataOrigin(
                  "text",
                  "of the built-in Tiny Shakespeare public domain; else not known here",
                  "")),
          Map.entry("bytes", new DataOrigin("the bytes of a file", OWN, "")),
          Map.entry(
              "omniglot",
              new DataOrigin("strokes of Omniglot", "MIT, Copyright (c) 2015 Brenden Lake", "")),
          Map.entry(
              "iam-on-db",
              new DataOrigin("handwriting of IAM-OnDB", "research, after registration", "")),
          Map.entry(
              "quick-draw",
              new DataOrigin(
                  "drawings of Quick, Draw!", "Creative Commons Attribution 4.0, by Google", "")),
          Map.entry("ink-ml", new DataOrigin("pen strokes in InkML files", OWN, "")),
          Map.entry("stroke-arrays", new DataOrigin("pen strokes in arrays", OWN, "")),
          Map.entry(
              "pen-words",
              new DataOrigin(
                  "words written by the library's own pen", "Apache-2.0, as the library", "")),
          Map.entry(
              "parallel-text",
              new DataOrigin(
                  "sentences in two languages",
                  "of the built-in sample Apache-2.0, as the library; else not known here",
                  "")),
          Map.entry(
              "sine-images",
              new DataOrigin(
                  "images that the library computes", "Apache-2.0, as the library", "")));

  /** What is known; of an unknown word that the data are the user's. */
  public static DataOrigin of(String type) {
    return KNOWN.getOrDefault(type, UNKNOWN);
  }
}
