/** T9: histories that earlier builds have recorded are understood by this one. */
package dev.dbosj.replay;
