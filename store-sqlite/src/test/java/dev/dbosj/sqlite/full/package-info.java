/** T12: a disk that is full. */
package dev.dbosj.sqlite.full;
