/** What user code names: annotations, handles, options, queues, status. */
package dev.dbosj.workflow;
