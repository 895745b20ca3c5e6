package org.hypernet4j.spec;

/** The data that a model learns from. */
@Doc("The data")
public sealed interface DataSpec permits MnistDataSpec {}
