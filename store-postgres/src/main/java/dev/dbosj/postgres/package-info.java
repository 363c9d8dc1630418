/** The PostgreSQL system database: a fleet on one server. */
package dev.dbosj.postgres;
