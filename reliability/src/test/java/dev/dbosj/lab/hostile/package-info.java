/** T11: texts that want to be more than text, at every door of the library. */
package dev.dbosj.lab.hostile;
