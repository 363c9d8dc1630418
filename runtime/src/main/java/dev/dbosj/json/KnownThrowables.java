package dev.dbosj.json;

import dev.dbosj.exceptions.AttemptTimeoutException;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.NonDeterministicWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.exceptions.StepFailedException;
import dev.dbosj.exceptions.StepTimeoutException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowActiveException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What can be rebuilt without being declared anywhere. */
final class KnownThrowables {
    static final List<Class<? extends Throwable>> ALWAYS = List.of(
            Exception.class,
            RuntimeException.class,
            Error.class,
            AssertionError.class,
            StackOverflowError.class,
            ArithmeticException.class,
            ArrayIndexOutOfBoundsException.class,
            ClassCastException.class,
            IllegalArgumentException.class,
            IllegalStateException.class,
            IndexOutOfBoundsException.class,
            InterruptedException.class,
            NegativeArraySizeException.class,
            NullPointerException.class,
            NumberFormatException.class,
            SecurityException.class,
            StringIndexOutOfBoundsException.class,
            UnsupportedOperationException.class,
            ConcurrentModificationException.class,
            NoSuchElementException.class,
            DateTimeException.class,
            CancellationException.class,
            CompletionException.class,
            ExecutionException.class,
            TimeoutException.class,
            IOException.class,
            UncheckedIOException.class,
            EOFException.class,
            FileNotFoundException.class,
            FileSystemException.class,
            FileAlreadyExistsException.class,
            NoSuchFileException.class,
            AccessDeniedException.class,
            SocketException.class,
            ConnectException.class,
            SocketTimeoutException.class,
            UnknownHostException.class,
            SQLException.class,
            DBOSException.class,
            AttemptTimeoutException.class,
            DuplicateWorkflowException.class,
            MisuseException.class,
            NoSuchWorkflowException.class,
            NonDeterministicWorkflowException.class,
            PayloadException.class,
            QueueFullException.class,
            QueueNotRegisteredException.class,
            ResultTimeoutException.class,
            StepFailedException.class,
            StepTimeoutException.class,
            SystemDatabaseException.class,
            WorkflowActiveException.class,
            WorkflowCancelledException.class,
            WorkflowConflictException.class,
            WorkflowFailedException.class);

    private KnownThrowables() {}
}
