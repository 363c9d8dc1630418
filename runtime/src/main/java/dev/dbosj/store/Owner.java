package dev.dbosj.store;

/**
 * A run: one workflow under one claim. Whoever writes for it must still own the workflow under this epoch.
 *
 * @param workflowId the workflow
 * @param epoch the number that the claim gave to it
 */
public record Owner(String workflowId, long epoch) {}
