/** {@code dbos-cli}: looks into a system database and manages its workflows, from a terminal or a script. */
package dev.dbosj.cli;
