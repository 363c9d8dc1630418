package dev.dbosj.store;

/**
 * One durable act: a checkpoint, an effect, or both, applied together or not at all.
 *
 * @param owner the run that it is written for; null when it comes from outside of any workflow
 * @param checkpoint what is recorded; null for none. It is accepted from a cancelled run too if the effect is
 *     {@link Effect.Nothing}: what a step did must be known.
 * @param effect what happens besides
 */
public record Command(Owner owner, Checkpoint checkpoint, Effect effect) {
    public Command {
        if (checkpoint != null && owner == null) throw new IllegalArgumentException("a checkpoint needs an owner: " + checkpoint);
        if (effect == null) throw new IllegalArgumentException("the effect is missing; say Effect.NOTHING");
    }
}
