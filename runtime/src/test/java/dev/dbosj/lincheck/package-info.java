/** T13: structures that several threads share, in all interleavings that a model checker finds. */
package dev.dbosj.lincheck;
