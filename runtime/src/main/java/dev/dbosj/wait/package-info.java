/** What this process waits for, asked for all at once. */
package dev.dbosj.wait;
