/** One workflow's life: start, replay, steps, finish. */
package dev.dbosj.run;
