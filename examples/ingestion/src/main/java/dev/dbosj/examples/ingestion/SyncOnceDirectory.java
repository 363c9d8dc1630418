package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;

/**
 * An index folder in which each file is synced to disk once. Lucene asks at every commit for all files of the index;
 * they never change once they are written, but asking the disk takes time, and here commits are frequent.
 */
final class SyncOnceDirectory extends FilterDirectory {
    private final Set<String> synced = ConcurrentHashMap.newKeySet();

    SyncOnceDirectory(Path folder) throws IOException {
        super(FSDirectory.open(folder));
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
        var changed = names.stream().filter(name -> !synced.contains(name)).toList();
        super.sync(changed);
        synced.addAll(changed);
    }

    @Override
    public void deleteFile(String name) throws IOException {
        synced.remove(name);
        super.deleteFile(name);
    }

    @Override
    public void rename(String source, String destination) throws IOException {
        if (synced.remove(source)) synced.add(destination);
        super.rename(source, destination);
    }
}
