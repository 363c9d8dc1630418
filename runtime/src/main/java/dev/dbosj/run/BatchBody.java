package dev.dbosj.run;

import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Functions.Proc1;
import java.util.List;

/**
 * What a batch calls.
 *
 * @param identity equal for the same method of the same object
 */
public record BatchBody<A, R>(Object identity, Proc1<List<BatchItem<A, R>>, ?> call, BatchOptions options) {}
