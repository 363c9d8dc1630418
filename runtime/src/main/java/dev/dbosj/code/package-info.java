/** Method references to names and types, and the registry of what can be run by name. */
package dev.dbosj.code;
