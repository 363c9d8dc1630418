/** What users catch. */
package dev.dbosj.exceptions;
