/** Values and errors to JSON and back. What cannot survive is refused, with a sentence that says what to do. */
package dev.dbosj.json;
