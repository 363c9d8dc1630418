package dev.dbosj.code.elsewhere;

import dev.dbosj.workflow.Step;
import java.util.List;

class HiddenBase {
    @Step(name = "shown")
    public List<String> show(String text) {
        return List.of(text);
    }
}
