package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.queryparser.simple.SimpleQueryParser;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.FSDirectory;

/** Searches the index folders of all processes together, also while they are being written. */
final class PageSearch implements AutoCloseable {
    private static final Map<String, Float> WEIGHTS = Map.of(PageFields.TITLE, 3f, PageFields.TEXT, 1f);
    private static final int PASSAGES = 2;

    /** A page that fits. In the snippet the words that were found stand between {@code <b>} and {@code </b>}. */
    record Hit(String location, int position, String title, String snippet, float score) {}

    private final List<IndexReader> folders = new ArrayList<>();

    private PageSearch() {}

    static PageSearch open(Path directory) throws IOException {
        var search = new PageSearch();
        for (var folder : foldersIn(directory)) {
            var files = FSDirectory.open(folder);
            if (DirectoryReader.indexExists(files)) search.folders.add(DirectoryReader.open(files));
        }
        return search;
    }

    private static List<Path> foldersIn(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> below = Files.list(directory)) {
            return below.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** How many pages can be found. */
    int pages() {
        return folders.stream().mapToInt(IndexReader::numDocs).sum();
    }

    /** The pages that hold all of the words, best first, at most so many. */
    List<Hit> find(String words, int limit) throws IOException {
        var analyzer = PageFields.analyzer();
        var parser = new SimpleQueryParser(analyzer, WEIGHTS);
        parser.setDefaultOperator(Occur.MUST);
        var query = parser.parse(words);
        var searcher = new IndexSearcher(new MultiReader(folders.toArray(IndexReader[]::new), false));

        // A page that was indexed when its process died is indexed again by whoever takes over, in another folder.
        var found = searcher.search(query, limit * Math.max(1, folders.size()));
        var highlighter = UnifiedHighlighter.builder(searcher, analyzer).build();
        var snippets = highlighter.highlight(PageFields.TEXT, query, found, PASSAGES);
        return withoutDoubles(searcher, found, snippets).stream().limit(limit).toList();
    }

    private static List<Hit> withoutDoubles(IndexSearcher searcher, TopDocs found, String[] snippets)
            throws IOException {
        var seen = new HashSet<String>();
        var hits = new ArrayList<Hit>();
        for (int i = 0; i < found.scoreDocs.length; i++) {
            var page = searcher.storedFields().document(found.scoreDocs[i].doc);
            int position = page.getField(PageFields.POSITION).numericValue().intValue();
            var location = page.get(PageFields.LOCATION);
            if (!seen.add(location + "#" + position)) continue;
            hits.add(new Hit(location, position, page.get(PageFields.TITLE), snippets[i], found.scoreDocs[i].score));
        }
        return hits;
    }

    @Override
    public void close() throws IOException {
        for (var folder : folders) folder.close();
    }
}
