package dev.dbosj.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/** The tables as they are, compared with what customers were told and what bodies have done. */
final class Books {
    private final String url;
    private final Orders orders;

    Books(String url, Orders orders) {
        this.url = "jdbc:" + url.replace("postgres@", "") + "?user=postgres";
        this.orders = orders;
    }

    /** All texts that a query gives. */
    List<String> texts(String sql) {
        try (var connection = connect()) {
            return texts(connection, sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    /** The same, when there is no connection to be had. */
    List<String> texts(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) texts.add(rows.getString(1));
            return texts;
        }
    }

    /** A connection that no fault has reached yet. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    List<String> members() {
        return texts("select executor_id || case when dead then ' is dead' else '' end from dbosj.executors order by number");
    }

    /** All that is known of workflows. */
    List<String> contents() {
        return texts("""
                select w::text || coalesce(o::text, '') || coalesce(e::text, '')
                  from dbosj.workflow_status w
                  left join dbosj.operation_outputs o on o.workflow_sequence = w.sequence
                  left join dbosj.workflow_events e on e.workflow_sequence = w.sequence
                 order by 1
                """);
    }

    void awaitEnd(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (var left = unfinished(); !left.isEmpty(); left = unfinished()) {
            assertThat(System.nanoTime()).as("%s ends", left).isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    List<String> unfinished() {
        return texts("select workflow_id || ' ' || status from dbosj.workflow_status where completed_at is null");
    }

    /** What the customer was told has come true. */
    void audit(Customer customer) {
        var outputs = new HashMap<String, String>();
        for (var pair : texts("select workflow_id || '=' || output from dbosj.workflow_status where status = 'SUCCESS'"))
            outputs.put(pair.substring(0, pair.lastIndexOf('=')), pair.substring(pair.lastIndexOf('=') + 1));
        assertThat(customer.expected()).isNotEmpty()
                .allSatisfy((id, result) -> assertThat(outputs).as("outcomes").containsEntry(id, result.toString()));
    }

    /** Everything has its one outcome, its steps and its events; no body of a step ran twice but those that a cancel interrupted. */
    void audit() {
        assertThat(texts("select workflow_id from dbosj.workflow_status where status <> 'SUCCESS' or executor_id is not null"))
                .as("what did not end well").isEmpty();
        assertThat(texts("""
                select parent.workflow_id
                  from dbosj.workflow_status parent
                 where parent.name = 'order'
                   and 2 <> (select count(*) from dbosj.workflow_status child where child.parent_id = parent.workflow_id)
                """)).as("orders without two items").isEmpty();
        assertThat(texts("""
                select w.workflow_id
                  from dbosj.workflow_status w
                  left join dbosj.operation_outputs o on o.workflow_sequence = w.sequence
                 group by w.workflow_id, w.name
                having count(o.step) <> case w.name when 'order' then 9 when 'item' then 3 else 1 end
                    or count(o.step) <> max(o.step) + 1
                """)).as("histories with holes").isEmpty();
        assertThat(texts("""
                select w.workflow_id
                  from dbosj.workflow_status w
                  left join dbosj.workflow_events e on e.workflow_sequence = w.sequence
                 where w.name <> 'rarity'
                   and e.value is distinct from case w.name when 'order' then '"closed"' else w.output end
                """)).as("events that are not the last").isEmpty();
        assertThat(orders.bodies()).as("bodies").allSatisfy((step, count) ->
                assertThat(count).as(step).isBetween(1, Customer.isCancelledOnce(step) ? 2 : 1));
        assertThat(new HashSet<>(texts("""
                select w.workflow_id || ':' || o.step
                  from dbosj.operation_outputs o
                  join dbosj.workflow_status w on w.sequence = o.workflow_sequence
                 where o.name not like 'DBOS.%' and o.child_id is null
                """))).as("recorded steps").isEqualTo(orders.bodies().keySet());
        assertThat(orders.fewAtMost()).as("rarities at once").isBetween(1, 4);
    }
}
