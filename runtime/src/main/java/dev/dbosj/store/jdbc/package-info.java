/** What the stores that speak SQL share. For those stores only. */
package dev.dbosj.store.jdbc;
