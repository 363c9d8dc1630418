/** T6: what a power cut leaves of the file. */
package dev.dbosj.sqlite.power;
