package dev.dbosj.examples.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.simple.SimpleQueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FSDirectory;

/** What the agent can look up: a few bundled pages, or the index that {@code ./demo} has made. Thread-safe. */
final class Library implements AutoCloseable {
    private static final String BUNDLED = "/library/worlds.txt";
    private static final int HITS = 3;
    private static final int MAX_PAGES = 100;

    // The fields of an index that ./demo has made.
    private static final String LOCATION = "location";
    private static final String TITLE = "title";
    private static final String TEXT = "text";
    private static final Map<String, Float> WEIGHTS = Map.of(TITLE, 3f, TEXT, 1f);

    // Kept, because a logger that nobody holds forgets its level. Lucene recommends an incubating module at each start.
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene.internal.vectorization");

    static {
        LUCENE.setLevel(Level.SEVERE);
    }

    private final Analyzer analyzer = new EnglishAnalyzer();
    private final IndexReader reader;

    private Library(IndexReader reader) {
        this.reader = reader;
    }

    /** Pages about the worlds of the Solar System. */
    static Library bundled() throws IOException {
        var index = new ByteBuffersDirectory();
        try (var in = Library.class.getResourceAsStream(BUNDLED);
                var writer = new IndexWriter(index, new IndexWriterConfig(new EnglishAnalyzer()))) {
            for (var page : pagesIn(in)) writer.addDocument(page);
        }
        return new Library(DirectoryReader.open(index));
    }

    /** A page begins with a line {@code # location: title} and ends with an empty line. */
    private static List<Document> pagesIn(InputStream in) throws IOException {
        var pages = new ArrayList<Document>();
        for (var text : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n")) {
            var head = text.lines().findFirst().orElseThrow().substring(2).split(": ", 2);
            var page = new Document();
            page.add(new StringField(LOCATION, head[0], Store.YES));
            page.add(new TextField(TITLE, head[1], Store.YES));
            page.add(new TextField(TEXT, text.substring(text.indexOf('\n') + 1).strip().replace('\n', ' '), Store.YES));
            pages.add(page);
        }
        return pages;
    }

    /** What {@code ./demo} has indexed in a directory, or if it has not, the bundled pages. */
    static Library ingestedOrBundled(Path directory) throws IOException {
        var folders = new ArrayList<IndexReader>();
        for (var folder : foldersIn(directory)) {
            var files = FSDirectory.open(folder);
            if (DirectoryReader.indexExists(files)) folders.add(DirectoryReader.open(files));
        }
        var all = new Library(new MultiReader(folders.toArray(IndexReader[]::new)));
        return all.pages() > 0 ? all : bundled();
    }

    private static List<Path> foldersIn(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> below = Files.list(directory)) {
            return below.filter(Files::isDirectory).sorted().toList();
        }
    }

    int pages() {
        return reader.numDocs();
    }

    /**
     * The pages that fit some words best, each with an excerpt, a line each.
     *
     * @throws ToolException if there are none
     */
    String search(String words) throws ToolException {
        try {
            var query = new SimpleQueryParser(analyzer, WEIGHTS, SimpleQueryParser.PHRASE_OPERATOR).parse(words);
            var searcher = new IndexSearcher(reader);
            var found = searcher.search(query, HITS);
            if (found.scoreDocs.length == 0)
                throw new ToolException("no page of %d has any of these words".formatted(pages()));
            var excerpts = UnifiedHighlighter.builder(searcher, analyzer).build().highlight(TEXT, query, found);
            var lines = new ArrayList<String>();
            for (int i = 0; i < found.scoreDocs.length; i++) {
                var page = searcher.storedFields().document(found.scoreDocs[i].doc);
                var excerpt = excerpts[i].replaceAll("</?b>", "").replaceAll("\\s+", " ");
                lines.add("%s: %s. %s".formatted(page.get(LOCATION), page.get(TITLE), excerpt));
            }
            return String.join("\n", lines);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot search", broken);
        }
    }

    /**
     * All that is at a location.
     *
     * @throws ToolException if there is nothing
     */
    String read(String location) throws ToolException {
        try {
            var searcher = new IndexSearcher(reader);
            var found = searcher.search(new TermQuery(new Term(LOCATION, location)), MAX_PAGES);
            if (found.scoreDocs.length == 0) throw new ToolException("there is nothing at this location");
            var texts = new ArrayList<String>();
            for (var hit : found.scoreDocs) texts.add(searcher.storedFields().document(hit.doc).get(TEXT));
            return String.join("\n", texts);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read", broken);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
        analyzer.close();
    }
}
