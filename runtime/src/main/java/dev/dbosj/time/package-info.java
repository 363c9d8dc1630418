/** The seams: time, ids, threads and test signals. Nothing else may read a clock, draw a number or start a thread. */
package dev.dbosj.time;
