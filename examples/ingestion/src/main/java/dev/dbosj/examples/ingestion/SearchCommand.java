package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code demo search "virtual thread"}. */
@Command(name = "search", description = "Shows the pages that hold all of the words, best first.")
final class SearchCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Parameters(arity = "1..*", paramLabel = "WORDS",
            description = "What to look for; \"a phrase in quotation marks\", pre*, -not.")
    private String[] words;

    @Option(names = "--hits", defaultValue = "10", paramLabel = "N",
            description = "How many pages to show; default ${DEFAULT-VALUE}.")
    private int hits;

    @Override
    public Integer call() throws IOException {
        try (var search = PageSearch.open(main.index())) {
            if (search.pages() == 0) {
                System.err.println("nothing is indexed in %s yet".formatted(main.index()));
                return Main.FAILURE;
            }
            var found = search.find(String.join(" ", words), Math.clamp(hits, 1, 1000));
            for (int i = 0; i < found.size(); i++) show(i + 1, found.get(i));
            System.out.println(found.isEmpty() ? "nothing found in %d pages".formatted(search.pages()) : "");
            return Main.OK;
        }
    }

    private void show(int rank, PageSearch.Hit hit) {
        var snippet = hit.snippet().replaceAll("\\s+", " ");
        var marked = Main.ON_TERMINAL
                ? snippet.replace("<b>", "\033[1m").replace("</b>", "\033[0m")
                : snippet.replaceAll("</?b>", "");
        System.out.println("%d. %s".formatted(rank, hit.title()));
        System.out.println("   %s, page %d".formatted(hit.location(), hit.position()));
        System.out.println("   " + marked);
    }
}
