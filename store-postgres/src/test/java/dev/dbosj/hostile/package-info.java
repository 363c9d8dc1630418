/** T11: texts that want to be more than text. */
package dev.dbosj.hostile;
