package dev.dbosj.examples.ingestion;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;

/** How a page lies in the index: what writing and searching have to agree on. */
final class PageFields {
    static final String LOCATION = "location";
    static final String POSITION = "position";
    static final String TITLE = "title";
    static final String TEXT = "text";

    private PageFields() {}

    /** "threads" finds "thread". */
    static Analyzer analyzer() {
        return new EnglishAnalyzer();
    }

    static List<Document> toLucene(String location, ParsedDocument document) {
        var fields = new ArrayList<Document>(document.pages().size());
        for (var page : document.pages()) {
            var each = new Document();
            each.add(new StringField(LOCATION, location, Store.YES));
            each.add(new StoredField(POSITION, page.position()));
            each.add(new TextField(TITLE, document.title(), Store.YES));
            each.add(new TextField(TEXT, page.text(), Store.YES));
            fields.add(each);
        }
        return fields;
    }
}
