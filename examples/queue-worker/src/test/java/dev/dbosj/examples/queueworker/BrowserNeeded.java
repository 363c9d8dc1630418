package dev.dbosj.examples.queueworker;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Where no browser is installed, the tests that need one are skipped, and say so in one line. */
final class BrowserNeeded implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Browser.installed().isPresent()) return ConditionEvaluationResult.enabled("a browser is installed");
        var reason = context.getDisplayName() + " is skipped: neither Chromium nor Chrome is installed";
        System.out.println(reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
