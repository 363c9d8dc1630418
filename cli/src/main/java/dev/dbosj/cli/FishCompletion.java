package dev.dbosj.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of fish, made from the commands: picocli knows only bash and zsh. */
final class FishCompletion {
    private static final String POSITION = """
            # Whether the words before the cursor, options left out, are exactly these.
            function __dbos_cli_at
                set -l words (commandline -opc)[2..-1]
                set -l commands
                for word in $words
                    string match -q -- '-*' $word; or set -a commands $word
                end
                test "$commands[1..(count $argv)]" = "$argv"
            end
            """;

    private final List<String> lines = new ArrayList<>();
    private final String name;

    private FishCompletion(String name) {
        this.name = name;
    }

    static String script(CommandLine root) {
        var fish = new FishCompletion(root.getCommandName());
        fish.lines.add(POSITION.strip());
        fish.lines.add("complete -c %s -f".formatted(fish.name));
        fish.describe(root, List.of());
        return String.join("\n", fish.lines);
    }

    private void describe(CommandLine command, List<String> path) {
        var here = path.isEmpty() ? "__fish_use_subcommand" : "__dbos_cli_at " + String.join(" ", path);
        command.getSubcommands().forEach((word, sub) -> {
            var others = String.join(" ", command.getSubcommands().keySet());
            var condition = path.isEmpty() ? here : here + "; and not __fish_seen_subcommand_from " + others;
            add(condition, "-a " + word, sub.getCommandSpec().usageMessage().description());
            describe(sub, Stream.concat(path.stream(), Stream.of(word)).toList());
        });
        for (var option : command.getCommandSpec().options())
            if (!option.hidden()) add(here, words(option), option.description());
        for (var parameter : command.getCommandSpec().positionalParameters())
            if (!candidates(parameter).isEmpty()) add(here, "-a '" + candidates(parameter) + "'", parameter.description());
    }

    private static String words(OptionSpec option) {
        var words = Stream.of(option.names())
                .map(each -> each.startsWith("--") ? "-l " + each.substring(2) : "-s " + each.substring(1))
                .collect(Collectors.joining(" "));
        if (option.arity().max() == 0) return words;
        var values = candidates(option);
        return words + (option.arity().min() == 0 ? "" : " -r") + (values.isEmpty() ? "" : " -a '" + values + "'");
    }

    private static String candidates(ArgSpec argument) {
        var type = argument.isMultiValue() ? argument.auxiliaryTypes()[0] : argument.type();
        if (!type.isEnum()) return "";
        return Stream.of(type.getEnumConstants()).map(each -> each.toString().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    private void add(String condition, String what, String[] description) {
        var text = description.length == 0 ? "" : " -d '" + quoted(firstSentence(description[0])) + "'";
        lines.add("complete -c %s -n '%s' %s%s".formatted(name, condition, what, text));
    }

    private static String firstSentence(String text) {
        return text.replaceAll("[.:;] .*|\\$\\{.*", "").replaceAll("[.]$", "");
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }
}
