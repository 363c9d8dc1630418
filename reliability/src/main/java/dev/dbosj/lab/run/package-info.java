/** {@code ./lab}: runs the experiments of all modules and prints what they have measured as one table. */
package dev.dbosj.lab.run;
