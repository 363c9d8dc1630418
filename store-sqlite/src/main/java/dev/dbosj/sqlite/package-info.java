/** The SQLite system database: one file, any number of processes on one machine. */
package dev.dbosj.sqlite;
