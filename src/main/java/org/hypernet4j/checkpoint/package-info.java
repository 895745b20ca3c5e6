/**
 * What a run needs to go on after it was stopped, and the files that keep it.
 *
 * <p>What belongs here: the checkpoint, its file format, the folder that keeps a few of them, the
 * way between a checkpoint and the parameters of a session, and weights from elsewhere laid out as
 * our parameters. What does not: when to save (the training loop's listeners decide), and models
 * that leave the project (package export).
 */
@NullMarked
package org.hypernet4j.checkpoint;

import org.jspecify.annotations.NullMarked;
