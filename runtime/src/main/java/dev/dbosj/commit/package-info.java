/** Group commit: everything that waits goes to the database together. */
package dev.dbosj.commit;
