package dev.dbosj.lab.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What several experiments on one store have found together, from their lines of figures. */
final class Totals {
    private static final List<String> STORES = List.of("sqlite", "postgres");

    /** What can be added up. */
    private static final List<String> SUMS = List.of(
            "kills", "stops", "restarts", "steps", "lost", "completed steps repeated", "stale writes accepted");

    private Totals() {}

    /** A line for each store, of all lines that name it. */
    static List<String> of(Collection<String> lines) {
        var totals = new ArrayList<String>();
        for (var store : STORES) {
            var its = lines.stream().filter(line -> line.matches("[A-Z-]+ " + store + "\\b.*")).toList();
            var sums = SUMS.stream().filter(what -> its.stream().anyMatch(line -> line.contains(what)))
                    .map(what -> what + " " + its.stream().mapToLong(line -> figure(line, what)).sum())
                    .collect(Collectors.joining(", "));
            if (its.size() > 1) totals.add("TOTAL %s %s".formatted(store, sums));
        }
        return totals;
    }

    /** The number before or behind what it counts; 0 if the line does not say. */
    private static long figure(String line, String what) {
        var name = Pattern.quote(what);
        var number = Pattern.compile("(?:^|[ ,:])(\\d+) %s\\b|(?:^|[ ,:])%s (\\d+)".formatted(name, name));
        return number.matcher(line).results()
                .mapToLong(Totals::number)
                .findFirst()
                .orElse(0);
    }

    private static long number(MatchResult found) {
        return Long.parseLong(found.group(1) == null ? found.group(2) : found.group(1));
    }
}
