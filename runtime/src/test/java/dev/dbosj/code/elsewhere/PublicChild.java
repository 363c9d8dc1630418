package dev.dbosj.code.elsewhere;

import dev.dbosj.workflow.Functions.Func1;
import java.util.List;

/** The compiler gives it a bridge to the public method of its hidden base. */
public class PublicChild extends HiddenBase {
    public Func1<String, List<String>, RuntimeException> reference() {
        return this::show;
    }
}
