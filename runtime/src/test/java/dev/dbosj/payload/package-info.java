/** T10: whatever a stored payload holds, it is a value of its type or refused. */
package dev.dbosj.payload;
