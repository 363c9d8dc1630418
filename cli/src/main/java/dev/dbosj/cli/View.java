package dev.dbosj.cli;

import java.util.List;
import java.util.function.Function;

/**
 * How one kind of thing is shown.
 *
 * @param columns in a table
 * @param fields in JSON and CSV; where DBOS has a name for something, it is that
 * @param id in a list of ids; null for none
 */
record View<T>(List<Column<T>> columns, Fields<T> fields, Function<T, String> id) {}
